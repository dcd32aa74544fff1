"""Decides what a check says: for each part how much was looked at, what is wrong, and some of it by name."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

SHOWN = 5
WORDS = {
    "chain": "rantai riwayat",
    "sealed": "isi tersegel",
    "edits": "isi kiriman",
    "outboxes": "kotak kirim",
    "digests": "sidik dasawisma",
    "sequences": "nomor urut",
    "references": "rujukan",
    "counts": "hitungan cakupan dan rekap",
    "file": "berkas basis data",
}


@dataclass
class Part:
    """One thing that was checked."""

    looked: int = 0
    wrong: int = 0
    examples: list[str] = field(default_factory=list)

    def fault(self, example: str) -> None:
        """Count something wrong; the first few are kept by name."""
        self.wrong += 1
        if len(self.examples) < SHOWN:
            self.examples.append(example)


@dataclass
class Report:
    """Everything that was checked, in order."""

    parts: dict[str, Part] = field(default_factory=dict)

    def part(self, name: str) -> Part:
        """The part of that name."""
        return self.parts.setdefault(name, Part())

    @property
    def is_sound(self) -> bool:
        """Whether nothing is wrong."""
        return not any(part.wrong for part in self.parts.values())

    def reasons(self) -> list[str]:
        """What is wrong, a line a part."""
        return [
            f"{WORDS[name]}: {part.wrong} salah dari {part.looked} ({'; '.join(part.examples)})"
            for name, part in self.parts.items()
            if part.wrong
        ]

    def lines(self) -> Sequence[str]:
        """The verdict and its reasons, or what was looked at."""
        if not self.is_sound:
            return ["TIDAK", *(f"  {reason}" for reason in self.reasons())]
        return ["YA", *(f"  {WORDS[name]}: {part.looked} diperiksa" for name, part in self.parts.items())]

    def as_json(self) -> dict[str, Any]:
        """The same for programs."""
        parts = {
            name: {"looked": part.looked, "wrong": part.wrong, "examples": part.examples}
            for name, part in self.parts.items()
        }
        return {"ok": self.is_sound, "parts": parts}
