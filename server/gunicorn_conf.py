"""How gunicorn serves us: few processes, some threads (a slow phone holds a thread, not a process).

``gunicorn --config python:server.gunicorn_conf wsgi:app`` reads it, and so does ``dawis run``.
"""

import gc
import os
import sys
from typing import Any

from server.backup.locks import say_serving
from server.config import from_environment

_config = from_environment()
bind = f"{_config.host}:{_config.port}"
workers = _config.workers
worker_class = "server.worker.LingeringWorker"
threads = _config.threads
preload_app = True
timeout = 60
graceful_timeout = 20
keepalive = 15
worker_tmp_dir = "/dev/shm" if os.path.isdir("/dev/shm") else None  # noqa: PTH112, S108 (heartbeats, never data)
loglevel = "warning"
limit_request_line = 4094
forwarded_allow_ips = "*" if _config.trust_proxy else "127.0.0.1"


def post_fork(_server: Any, _worker: Any) -> None:
    """Leave what every worker shares (code, form, tables) out of garbage collection: it is never garbage.

    A push makes tens of thousands of small objects that die with it; Python's own thresholds would walk the whole
    form for every few hundred of them.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


def on_starting(_server: Any) -> None:
    """Let a restore know that a server runs here; where one is under way, wait for its end."""
    say_serving(_config.data_dir)


def when_ready(_server: Any) -> None:
    """Say where to go once the port is open."""
    sys.stdout.write(f"Dawis siap di http://{_config.host}:{_config.port}\n{os.environ.get('DAWIS_WELCOME', '')}\n")
    sys.stdout.flush()
