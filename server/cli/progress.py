"""Decides how progress is shown: one line on standard error, at most every half second, nothing on standard output."""

import sys
import time
from collections.abc import Callable


def progress_line(words: str) -> Callable[[int, int], None]:
    """``show(done, total)`` for something long; a terminal sees one changing line, a log a line every ten seconds."""
    is_terminal = sys.stderr.isatty()
    last = time.monotonic()
    pause = 0.5 if is_terminal else 10.0

    def show(done: int, total: int) -> None:
        nonlocal last
        if time.monotonic() - last < pause and done < total:
            return
        last = time.monotonic()
        sys.stderr.write(f"\r{words}: {done} dari {total}" + ("" if is_terminal and done < total else "\n"))
        sys.stderr.flush()

    return show
