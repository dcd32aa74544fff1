from tests.server.backup.conftest import backup, dawis, phone_of, restore, verify, work

__all__ = ["backup", "dawis", "phone_of", "restore", "verify", "work"]
