"""Pages of kabupaten and kecamatan."""
