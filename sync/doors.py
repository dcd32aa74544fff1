"""Decides what the register and the blind indexes learn of a record that changed.

A door a kader adds counts in expected at once and waits for the desa to accept it; one from an import or the desa is
accepted as it comes.  The form says which fields hold a NIK and a no KK.
"""

from functools import lru_cache

from models.form.definition import load
from sync.batch import Batch
from sync.edit import Patch
from sync.incoming import Incoming
from sync.rows import Row

IMPORT, KADER, DESA = "import", "kader", "desa"


def enter_door(batch: Batch, incoming: Incoming, household: Row) -> None:
    """List a new household's door in the register."""
    author = incoming.author
    right = author.rights.over(batch.place(household))
    origin = IMPORT if author.is_prefill else DESA if right.is_office else KADER
    batch.insert(
        "door",
        household=household.id,
        desa=household.desa,
        dasawisma=household.dasawisma,
        origin=origin,
        is_provisional=False,
        listed_at=incoming.received_at,
        accepted_at=None if origin == KADER else incoming.received_at,
        dirty=True,
    )


def move_register(batch: Batch, incoming: Incoming, household: Row) -> None:
    """Let the register's door follow a household to where it is now."""
    batch.transfers[household.id] = incoming.author.person
    batch.update("door", household.id, desa=household.desa, dasawisma=household.dasawisma, dirty=True)


def indexes(batch: Batch, row: Row, patch: Patch, form: str) -> None:
    """Keep the blind index of a NIK or no KK that the patch touched."""
    nik, kk = _numbers(form)
    keyring, fields = batch.tools.keyring, row.fields(batch.tools.keyring)
    if row.kind == "member" and nik in patch.set:
        row.nik_index = keyring.blind("nik", fields[nik]) if _is_number(fields.get(nik)) else None
    if row.kind == "family" and kk in patch.set:
        row.kk_index = keyring.blind("kk", fields[kk]) if _is_number(fields.get(kk)) else None


def _is_number(value: object) -> bool:
    return isinstance(value, str) and value.isdigit()


@lru_cache(maxsize=64)
def _numbers(version: str) -> tuple[str, str]:
    form = load(version)
    return form.role("member", "nik"), form.role("family", "number")
