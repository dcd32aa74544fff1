"""Decides which keys of a record are structure: the same in every form version, never questions.

Imports nothing, so that the merge, the form and the tables share one list.
"""

KINDS = ("household", "family", "member", "event", "visit")
STATES = ("active", "moved", "died", "merged", "deleted")
SUPERSEDED = "superseded"
LIVE = ("active", "moved", "died")
STATE_KEYS = ("state", "state_reason", "merged_into")
OUTCOMES = (
    "selesai",
    "tidak_berubah",
    "sebagian",
    "tidak_di_rumah",
    "menolak",
    "kosong",
    "pindah",
    "dibongkar",
    "bukan_rumah_tinggal",
    "ganda",
    "bukan_dasawisma_ini",
)
KNOWING = ("selesai", "sebagian", "tidak_berubah")
CONFIRMING = ("selesai", "tidak_berubah")
TAP = "tidak_berubah"

STRUCTURE = {
    "household": ("dasawisma", "position", *STATE_KEYS),
    "family": ("household", *STATE_KEYS),
    "member": ("household", "family", *STATE_KEYS),
    "event": ("type", "on", "household", "member", *STATE_KEYS),
    "visit": ("household", "on", "outcome", "seen", *STATE_KEYS),
}
"""Structural keys by kind, state keys included."""
STRUCTURAL = {kind: frozenset(keys) for kind, keys in STRUCTURE.items()}
"""The same, to look one key up."""

NEEDED = {
    "household": ("dasawisma",),
    "family": ("household",),
    "member": ("household",),
    "event": ("household", "type", "on"),
    "visit": ("household", "on", "outcome"),
}
"""Without these a record cannot be placed or counted, so it is not created."""

REFERENCES = ("household", "family", "member", "merged_into")
"""Keys whose value is the id of another record."""
