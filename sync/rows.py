"""A record while a transaction works on it: as it was loaded, as it is now, and what has to be written.

Documents are opened only when somebody asks for ``fields``; records that only change place or version stay closed.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import orjson

from models.records import TABLE
from models.sealing import Keyring
from models.structure import LIVE
from sync.outcome import Stored
from sync.stamps import History, load


@dataclass(slots=True)
class Row:
    """One record in work.  ``loaded`` are (desa, dasawisma, version, is live) as read; None for a new record."""

    id: str
    kind: str
    desa: int
    dasawisma: int
    household: str | None
    family: str | None
    version: int
    state: str
    salt: bytes
    created_at: datetime
    loaded: tuple[int, int, int, bool] | None = None
    document: bytes = b""
    history_text: str = ""
    asked: dict[str, str] = field(default_factory=dict)
    nik_index: bytes | None = None
    kk_index: bytes | None = None
    confirmations: list[Any] = field(default_factory=list)
    confirmed_on: date | None = None
    is_soft: bool = False
    is_changed: bool = False
    _fields: dict[str, Any] | None = None
    _history: History | None = None

    @property
    def is_live(self) -> bool:
        """Whether phones hold it."""
        return self.state in LIVE

    def fields(self, keyring: Keyring) -> dict[str, Any]:
        """Return answers and structural keys, opened once."""
        if self._fields is None:
            desa = self.loaded[0] if self.loaded else self.desa
            self._fields = orjson.loads(keyring.open(desa, TABLE, self.id, self.document))
        return self._fields

    def history(self) -> History:
        """Return which change last touched each field."""
        if self._history is None:
            self._history = load(self.history_text)
        return self._history

    def stored(self, keyring: Keyring) -> Stored:
        """Return the record as the merge wants it."""
        return Stored(self.id, self.version, self.fields(keyring), self.history(), self.asked)

    def put(self, fields: dict[str, Any], history: History, asked: dict[str, str]) -> None:
        """Take over what the merge made of it."""
        self._fields, self._history, self.asked = fields, history, asked
        self.is_changed = True

    @property
    def is_opened(self) -> bool:
        """Whether fields or history may have been replaced."""
        return self._fields is not None

    @property
    def has_history(self) -> bool:
        """Whether the history may have been replaced."""
        return self._history is not None
