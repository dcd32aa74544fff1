"""Backup, restore and the place where a restored copy is made."""
