"""Decides which roles read which kind of page.

Counts down to the desa are for every office; dusun and below stay inside the desa, PKK and the administration above it;
names only for the desa's own admin.
"""

COUNTS = ("admin_desa", "tp_pkk", "camat", "kabupaten", "bappeda", "evaluator")
INSIDE = ("admin_desa", "tp_pkk", "camat", "kabupaten")
REGISTER = ("admin_desa", "tp_pkk", "camat", "kabupaten", "evaluator")
BOOKS = ("admin_desa", "tp_pkk", "kabupaten", "bappeda")
DESK = ("admin_desa",)
NAMES = ("admin_desa", "tp_pkk")
