"""Decides how a bug is planted in the real code, and taken out again.

A target is named ``package.module:function`` or ``package.module:Class.method``.  Three ways:

    plant.instead("sync.known:known_edits", lambda real: lambda *a, **k: {})     another function in its place
    plant.rewrite("sync.pull:_read_desa", "is_full(", "not is_full(")            a changed line in its source
    plant.value("sync.pull:PAGE_BYTES", 700)                                     another constant

A function is replaced wherever a module of ours holds it.  A target or a line that is no longer there is an error, and
so is a bug whose code no history ever reached, or that is called otherwise by now: a stale mutant must not pass for a
killed one.
"""

import inspect
import sys
import textwrap
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import wraps
from importlib import import_module
from typing import Any

OURS = ("models.", "sync.", "server.", "tests.simulator.")
Change = Callable[["Plant"], None]


class StaleError(Exception):
    """The code a mutant changes is not there, or was never reached."""


@dataclass(frozen=True)
class Mutant:
    """One planted bug: ``says`` in a sentence what is wrong, ``place`` where; ``change`` plants it.

    ``may_fault``: the database's own constraints stop it, so that a fault of the server is how it shows.
    """

    name: str
    says: str
    place: str
    change: Change
    may_fault: bool = False


@dataclass
class Plant:
    """The changes of one mutant, while they stand."""

    reached: Counter[str] = field(default_factory=Counter)
    undo: list[Callable[[], None]] = field(default_factory=list)
    misfits: list[str] = field(default_factory=list)

    def instead(self, target: str, make: Callable[[Any], Any]) -> None:
        """Put ``make(real)`` in place of a function or method."""
        owner, name, real = find(target)
        self._put(target, owner, name, real, make(real))

    def rewrite(self, target: str, *changes: str) -> None:
        """Change a function's source: old text, new text, old text, new text …; each old text stands in it once."""
        owner, name, real = find(target)
        source = textwrap.dedent(inspect.getsource(real))
        for old, new in zip(changes[::2], changes[1::2], strict=True):
            if source.count(old) != 1:
                raise StaleError(f"{target}: {source.count(old)} times {old!r}")
            source = source.replace(old, new)
        made: dict[str, Any] = {}
        module = sys.modules[real.__module__]
        exec(compile(source, f"<mutant of {target}>", "exec"), module.__dict__, made)
        self._put(target, owner, name, real, made[name])

    def value(self, target: str, value: Any) -> None:
        """Give a constant of a module another value there; nobody can say whether it was reached."""
        module, name, real = find(target)
        setattr(module, name, value)
        self.undo.append(lambda: setattr(module, name, real))

    def _put(self, target: str, owner: Any, name: str, real: Any, planted: Any) -> None:
        self.reached[target] = 0

        shape = inspect.signature(planted)

        @wraps(real)
        def counted(*args: Any, **named: Any) -> Any:
            self.reached[target] += 1
            try:
                shape.bind(*args, **named)
            except TypeError as error:
                self.misfits.append(f"{target}: {error}")
            return planted(*args, **named)

        holders = [(owner, name)] if inspect.isclass(owner) else list(_holders(real))
        for holder, known_as in holders:
            setattr(holder, known_as, counted)
            self.undo.append(lambda h=holder, n=known_as: setattr(h, n, real))

    def take_out(self) -> None:
        """Let everything be as it was."""
        while self.undo:
            self.undo.pop()()


def find(target: str) -> tuple[Any, str, Any]:
    """Return the owner of a target, its name there, and what stands there; raises StaleError."""
    module, _, path = target.partition(":")
    owner = import_module(module)
    *outer, name = path.split(".")
    try:
        for one in outer:
            owner = getattr(owner, one)
        return owner, name, vars(owner)[name]
    except (AttributeError, KeyError) as error:
        raise StaleError(f"{target} is not there") from error


def _holders(real: Any) -> Iterator[tuple[Any, str]]:
    """Return every module of ours that holds a function, under the name it has there."""
    for name, module in sorted(sys.modules.items()):
        if name.startswith(OURS) and module is not None:
            for known_as, value in list(vars(module).items()):
                if value is real:
                    yield module, known_as


@contextmanager
def planted(mutant: Mutant) -> Iterator[Plant]:
    """Let a bug stand while the block runs; raises StaleError where it ends well and its code was never reached."""
    plant = Plant()
    try:
        mutant.change(plant)
        yield plant
    finally:
        plant.take_out()
    if plant.misfits:
        raise StaleError(f"{mutant.name} is called otherwise now: {plant.misfits[0]}")
    missed = sorted(target for target, count in plant.reached.items() if not count)
    if missed:
        raise StaleError(f"{mutant.name}: never reached {', '.join(missed)}")
