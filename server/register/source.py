"""Decides what is known of a resident file before anything is written: people, RTM lines, what was turned down."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from models.exchange.opensid import Reading, read_residents
from models.exchange.opensid_columns import opensid_columns
from models.exchange.reasons import Rejection
from models.exchange.rows import Table, read_table
from models.exchange.rtm import RtmLine, read_rtm
from models.form.definition import load


@dataclass(frozen=True)
class Source:
    """A read file (and RTM file): nothing of it is stored yet."""

    name: str
    digest: str
    headings: tuple[str, ...]
    reading: Reading
    rtm: tuple[RtmLine, ...] = ()
    rtm_rejections: tuple[Rejection, ...] = ()


def read_source(
    path: Path, rtm: Path | None, today: date, progress: Callable[[int], None] = lambda _count: None
) -> Source:
    """Read the files.  Raises UnreadableFileError with a sentence for the person who brought them."""
    columns = opensid_columns()
    table = read_table(path, columns.by_name, progress)
    lines, rejections = read_rtm(rtm) if rtm else ([], [])
    return as_source(table, path.name, today, digest=_digest(path, rtm), rtm=lines, rtm_rejections=rejections)


def as_source(
    table: Table,
    name: str,
    today: date,
    *,
    digest: str = "",
    rtm: list[RtmLine] | None = None,
    rtm_rejections: list[Rejection] | None = None,
) -> Source:
    """A source out of rows that are in memory already."""
    reading = read_residents(table, opensid_columns(), today, load())
    return Source(name, digest, table.names, reading, tuple(rtm or ()), tuple(rtm_rejections or ()))


def _digest(*paths: Path | None) -> str:
    found = hashlib.sha256()
    for path in paths:
        found.update(path.read_bytes() if path else b"")
    return found.hexdigest()
