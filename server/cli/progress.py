"""Decides how progress is shown: one line on standard error, at most every half second, nothing on standard output."""

import sys
import time
from collections.abc import Callable


def progress_line(words: str) -> Callable[[int, int], None]:
    """``show(done, total)`` for something long (total 0: not known); a terminal sees one changing line, a log many."""
    is_terminal = sys.stderr.isatty()
    last = time.monotonic()
    pause = 0.5 if is_terminal else 2.0

    def show(done: int, total: int) -> None:
        nonlocal last
        if time.monotonic() - last < pause and (done < total or not total):
            return
        last = time.monotonic()
        of = f" dari {total}" if total else ""
        sys.stderr.write(
            ("\r" if is_terminal else "") + words + f": {done}{of}" + ("" if is_terminal and done != total else "\n")
        )
        sys.stderr.flush()

    return show
