"""Every table module, so that the schema is whole wherever it is made or compared."""

import importlib

MODULES = (
    "models.territory",
    "models.account",
    "models.register",
    "models.records",
    "models.history",
    "models.imports",
    "models.registration",
    "models.aggregates.tables",
)
ALL = tuple(importlib.import_module(name) for name in MODULES)
