"""Decides how files of other systems are read and written; pure: no database, no clock."""
