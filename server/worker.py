"""How a worker's threads take requests: a connection that speaks again at once stays with the thread that answered it.

Gunicorn's threaded worker hands a connection back to its event loop after every answer; the next request then costs two
changes of thread, a pipe and the poller, as much again as reading it.  A phone that sends page after page speaks within
a millisecond.  So the thread listens for ``LINGER_MS`` before it gives the connection back, unless others wait for one.
"""

import select
from typing import Any

from gunicorn.workers.gthread import ThreadWorker

LINGER_MS = 3


class LingeringWorker(ThreadWorker):  # type: ignore[misc]
    """Gunicorn's threaded worker, with threads that listen a moment longer."""

    def handle(self, conn: Any) -> Any:
        """Answer what comes on a connection; what gunicorn's own ``handle`` returns of the last request."""
        while True:
            kept = super().handle(conn)
            if kept is not True or not self.alive or self._is_wanted():
                return kept
            if not (conn.parser.unreader.buf.getvalue() or _speaks(conn.sock)):
                return kept

    def _is_wanted(self) -> bool:
        """Whether a connection may be waiting for a thread: more are busy than there are threads."""
        idle = len(self.keepalived_conns) + len(self.pending_conns)
        return bool(self.nr_conns - idle > self.cfg.threads)


def _speaks(sock: Any) -> bool:
    listener = select.poll()
    listener.register(sock, select.POLLIN)
    return bool(listener.poll(LINGER_MS))
