"""Office pages, by reader."""
