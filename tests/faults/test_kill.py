"""Processes are killed under load, by SIGKILL: workers, the master, and the database with its backends.

Phones send again until they are answered.  ``DAWIS_KILLS`` says how many kills a run has (10).
"""

import os
import signal
import time
from random import Random

from tests.faults.crowd import Crowd
from tests.faults.said import say

KILLS = int(os.environ.get("DAWIS_KILLS", "10"))
NAMES = ["siti", "siti", "sri", "sri", "tutik", "wati"]


def test_kill__under_load__acknowledged_is_stored_once(serving, kind, request):
    postgres = request.getfixturevalue("postgres") if kind == "postgresql" else None
    crowd = Crowd(serving, NAMES)
    crowd.gather()
    random, kills = Random(3), []

    def worker():
        serving.kill_worker(random.randrange(8))

    def backend():
        if found := postgres.backends():
            os.kill(random.choice(found), signal.SIGKILL)

    def postmaster():
        postgres.kill()
        postgres.start()

    ways = [worker, backend, postmaster, worker, backend, serving.kill_master] if postgres else [worker] * 4
    ways += [] if postgres else [serving.kill_master]

    def beside():
        while len(kills) < KILLS:
            time.sleep(random.uniform(0.1, 0.6))
            way = ways[len(kills) % len(ways)]
            way()
            kills.append(way.__name__)
            serving.wait()

    crowd.run(until=lambda: len(kills) >= KILLS, beside=beside, pause=0.05)
    said = crowd.check()
    say(f"{kind}: {len(kills)} kills, {said}")
    assert said["broken"] > 0, "no kill met a request"
    assert set(said["statuses"]) <= {200, 503}
