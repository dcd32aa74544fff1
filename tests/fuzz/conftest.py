"""The contract's phones."""

from tests.contract.conftest import door_of, phone_of

__all__ = ["door_of", "phone_of"]
