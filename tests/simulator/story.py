"""Decides how a history is told: step by step, what was saved, what was sent, what came back, where an app ended."""

import gzip
import json
from collections import Counter
from dataclasses import fields
from typing import Any

from tests.simulator.mutants.plant import Plant
from tests.simulator.options import Options
from tests.simulator.shrink import Shrunk


def tell(shrunk: Shrunk) -> str:
    """A shrunk history in words, with what is needed to run it again."""
    lines: list[str] = []
    watch = Plant()
    try:
        _listen(watch, lines)
        _listen_to_phones(watch, lines)
        report = shrunk.run()
    finally:
        watch.take_out()
    bent = ", ".join(
        f"{one.name}={_at(shrunk.options, one.name)!r}" for one in fields(Options) if _is_bent(shrunk, one.name)
    )
    skip = f"frozenset(range({shrunk.options.steps})) - {set(shrunk.kept)}"
    head = [
        f"seed {shrunk.seed} on {shrunk.kind}, {len(shrunk.kept)} of {shrunk.options.steps} steps:",
        f"run({shrunk.seed}, Options({bent}), skip={skip})",
    ]
    return "\n".join([*head, *lines, *(f"BROKEN  {one}" for one in report.violations)])


def _at(options: Options, name: str) -> Any:
    return getattr(options, name)


def _is_bent(shrunk: Shrunk, name: str) -> bool:
    return bool(_at(shrunk.options, name) != _at(Options(), name))


def _listen(watch: Plant, lines: list[str]) -> None:
    """The steps and the server."""

    def take(real: Any) -> Any:
        def told(history: Any, step: Any) -> Any:
            phone = history.phone_of(step.phone)
            lines.append(f"{step.index:4}  {step.action} by phone {phone.index} ({phone.person})")
            return real(history, step)

        return told

    def heal(real: Any) -> Any:
        def told(history: Any) -> Any:
            lines.append("      from here on nothing goes wrong")
            return real(history)

        return told

    def post(real: Any) -> Any:
        def told(self: Any, person: str, body: bytes, headers: Any) -> Any:
            lines.append(f"        {person} sends {_request(body)}")
            try:
                reply = real(self, person, body, headers)
            except BaseException as error:
                lines.append(f"        the server ends: {error}")
                raise
            lines.append(f"        answered {reply.status} {_answer(reply.body)}")
            return reply

        return told

    watch.instead("tests.simulator.steps:take", take)
    watch.instead("tests.simulator.run:heal", heal)
    watch.instead("tests.simulator.server:Server.post", post)


def _listen_to_phones(watch: Plant, lines: list[str]) -> None:
    """What is saved, and where an app ends."""

    def save(real: Any) -> Any:
        def told(self: Any, patches: Any, **named: Any) -> Any:
            row = real(self, patches, **named)
            lines.append(f"        saves n {row.n} {row.id[-6:]}: {'; '.join(_patch(one) for one in patches)}")
            return row

        return told

    def point(real: Any) -> Any:
        def told(self: Any, label: str) -> Any:
            if self.crash_in == 1:
                lines.append(f"        the app ends at {label!r}")
            return real(self, label)

        return told

    watch.instead("tests.simulator.phone:Phone.save", save)
    watch.instead("tests.simulator.phone:Phone.point", point)


def _patch(patch: dict[str, Any]) -> str:
    change = json.dumps(patch.get("set") or {}, default=str) + (
        json.dumps(patch["adjust"]) if patch.get("adjust") else ""
    )
    return f"{patch.get('kind')} {str(patch.get('id'))[-6:]} on {patch.get('base')} {change}"


def _request(body: bytes) -> str:
    try:
        asked = json.loads(gzip.decompress(body) if body[:2] == b"\x1f\x8b" else body)
        names = [f"{one.get('n')}:{str(one.get('id'))[-6:]}" for one in asked["edits"]]
    except (ValueError, OSError, EOFError, AttributeError, TypeError, KeyError):
        return f"{len(body)} bytes nobody can read"
    return f"{asked['outbox'][-6:]} [{' '.join(names)}]" + (f" again {asked['again']}" if asked.get("again") else "")


def _answer(body: bytes) -> str:
    try:
        told = json.loads(body)
        verdicts = Counter(one["verdict"] for one in told["verdicts"])
    except (ValueError, KeyError, TypeError):
        return body[:120].decode(errors="replace")
    words = [f"{count} {verdict}" for verdict, count in verdicts.items()]
    words += [f"through {told['applied_through']}", f"{len(told['records'])} records", f"{len(told['gone'])} gone"]
    return ", ".join(words) + (", more" if told["more"] else "")
