"""Decides how areas, doors and residents get in from files: territory, resident files, reference totals."""
