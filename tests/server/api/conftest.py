"""Phones and doors, the same as the contract tests use."""

from tests.contract.conftest import door_of, phone_of

__all__ = ["door_of", "phone_of"]
