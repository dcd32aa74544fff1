"""Several houses of one page, opened together and once each."""

from collections import defaultdict
from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.form.definition import load
from models.records import Record, of_doors
from models.sealing import Keyring
from server.pages.desa.house import House


class Houses:
    """Houses by door or by any record that hangs on one."""

    def __init__(self, session: Session, keyring: Keyring) -> None:
        """Nothing is read yet."""
        self._session, self._keyring = session, keyring
        self._open: dict[str, House] = {}
        self._door: dict[str, str | None] = {}

    def load(self, households: Iterable[str | None], records: Iterable[str | None]) -> None:
        """Read these doors, and those that the records hang on, with few questions to the database."""
        ids = [one for one in records if one]
        query = select(Record.id, Record.household).where(Record.id.in_(ids))
        self._door.update(self._session.execute(query).all())
        wanted = {one for one in (*households, *self._door.values()) if one and one not in self._open}
        rows: dict[str, list[Record]] = defaultdict(list)
        for row in of_doors(self._session, sorted(wanted)):
            rows[row.household or ""].append(row)
        self._open |= {one: House(load(), self._keyring, one, rows[one]) for one in wanted}

    def of(self, household: str) -> House:
        """The house of a door."""
        if household not in self._open:
            self.load([household], ())
        return self._open[household]

    def of_record(self, record: str | None) -> House | None:
        """The house a record hangs on."""
        if record and record not in self._door:
            self.load((), [record])
        door = self._door.get(record or "")
        return self.of(door) if door else None

    def name_of(self, record: str | None) -> str:
        """What the house of a record is called."""
        house = self.of_record(record)
        return house.label().name if house else "Rumah tidak dikenal"
