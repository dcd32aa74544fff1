"""Requests that look like a phone's, with hostile values anywhere: good saves, bad saves between them, any envelope.

``scenes()`` draws good and bad saves in one order; the bad ones name no record and no edit of the good ones, so that a
good save must fare the same with them and without.
"""

from hypothesis import strategies as st

from models.structure import KINDS, STRUCTURE
from tests.builders import DESA
from tests.fuzz.values import FLAT, IDS, VALUES

UNREADABLE_N = [None, "1", 1.5, 0, -3, True, [], {}, 2**53 + 1, "@digits@", "@nan@", "@twice@"]
QUESTIONS = [
    "f_satu",
    "alamat",
    "pekarangan",
    "komoditi_pekarangan",
    "nik",
    "nama",
    "__proto__",
    "a/b",
    "",
    "\x00",
    "\ud800",
    "k" * 101,
]
PLACES = [f"{DESA}/D001", f"{DESA}/D002", f"{DESA}/D003", "35.22.14.2012/D001", "99/D001", DESA, "\x00", "", "d" * 41]


def patches():
    """A patch of any kind with hostile answers and structure, ids left open."""
    kind = st.sampled_from([*KINDS, *KINDS, *KINDS, "kk", "\x00", 7, None, []])
    keys = sorted({key for keys in STRUCTURE.values() for key in keys})
    return st.fixed_dictionaries(
        {"kind": kind},
        optional={
            "id": st.sampled_from([*IDS, *IDS, "@new@", "@new@", "", None, 5, {}, "\x00"]),
            "base": st.sampled_from([0, 0, 1, 7, 2**53, -1, 1.5, None, "0", "@digits@", True, 2**70]),
            "set": st.one_of(VALUES, st.dictionaries(st.sampled_from([*keys, *QUESTIONS]), st.one_of(VALUES, st.sampled_from(PLACES)), max_size=5)),
            "adjust": st.one_of(
                VALUES,
                st.dictionaries(
                    st.sampled_from(QUESTIONS), st.fixed_dictionaries({}, optional={"add": VALUES, "remove": VALUES}) | VALUES, max_size=3
                ),
            ),
            "merge": VALUES,
        },
    )  # fmt: skip


def bad_saves():
    """A save damaged somewhere; its id and its number stay its own unless they cannot be read at all."""
    damaged = st.fixed_dictionaries(
        {"patches": st.lists(patches(), max_size=3)},
        optional={
            "at": VALUES,
            "visited_on": VALUES,
            "form": st.one_of(VALUES, st.sampled_from(["2026.1", "2025.9", "2031.4", "2026.1+" + "x" * 50])),
            "settles": VALUES,
            "n": st.sampled_from(UNREADABLE_N),
            "id": st.sampled_from([None, "", 7, "x" * 65, "\x00", "\ud800", [], "é", "a b"]),
            "raw": VALUES,
            "sealed": VALUES,
        },
    )
    whole = st.fixed_dictionaries({"patches": st.sampled_from([*FLAT, [7], [[]], [None], [{}] * 40])})
    return st.one_of(damaged, damaged, whole, st.sampled_from([x for x in FLAT if not isinstance(x, dict)]))


def good_saves():
    """How a good save goes: a new door, an answer to one of the doors before it, or a knock."""
    return st.tuples(st.sampled_from(["door", "answer", "member", "knock"]), st.integers(0, 5))


def envelopes():
    """One to three hostile keys around the edits."""
    clocks = st.one_of(
        VALUES, st.fixed_dictionaries({"now": VALUES, "trust": st.sampled_from(["high", "low", 1, None])})
    )
    through = st.sampled_from([0, 1, 2**53, -1, "1", None, "@digits@"])
    continues = st.one_of(
        VALUES, st.fixed_dictionaries({"outbox": st.one_of(st.just("@own@"), st.sampled_from(IDS)), "through": through})
    )
    keys = {
        "clock": clocks,
        "continues": continues,
        "again": st.one_of(VALUES, st.lists(st.sampled_from(PLACES), max_size=4), st.just(["x"] * 1001)),
        "cursor": st.one_of(VALUES, st.just("@cut@"), st.just("@flip@"), st.just("@other@")),
        "app": VALUES,
        "form": st.one_of(VALUES, st.just("2026.1")),
        "prev": VALUES,
        "epoch": st.one_of(st.none(), st.just("ffffffffffffffff"), VALUES),
        "protocol": st.sampled_from([1, 1, 1, 2, "1", None, True]),
        "outbox": st.one_of(st.just("@own@"), st.just("@own@"), VALUES),
    }
    chosen = st.lists(st.sampled_from(sorted(keys)), min_size=1, max_size=3, unique=True)
    return chosen.flatmap(lambda names: st.fixed_dictionaries({name: keys[name] for name in names}))


def scenes():
    """Good saves with bad ones between them: (is it good, what it is made of)."""
    one = st.one_of(st.tuples(st.just(True), good_saves()), st.tuples(st.just(False), bad_saves()))
    return st.lists(one, min_size=1, max_size=9)
