"""Pages of one desa."""
