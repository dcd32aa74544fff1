"""1,400 kader open the app for the first time at one moment: ``python -m bench.first_sync``.

Each over a connection of her own: activation by code, then the pull of her dasa wisma.  Nobody may meet an error, and
nobody may be left waiting while others are served.
"""

import argparse
import sys
from dataclasses import asdict
from functools import partial
from typing import Any

from bench import scratch
from bench.crowd import DOORS_EACH, Crowd
from bench.phase import run

KADER = 1400


def measure(crowd: Crowd) -> dict[str, Any]:
    """Seconds for all, and what a request took; asserts that everybody holds all of her doors."""
    jobs = [partial(crowd.first_sync, one) for one in crowd.kader]
    figures, _ = run(crowd, jobs, len(jobs), len, packed=False)
    served = sum(len(one.documents) >= DOORS_EACH for one in crowd.kader)
    told = asdict(figures)
    kept = ("seconds", "rate", "p50_ms", "p95_ms", "p99_ms", "most_ms", "statuses", "errors")
    return {"kader": len(jobs), "served": served} | {name: told[name] for name in kept}


def main() -> int:
    """Run alone."""
    parser = argparse.ArgumentParser(prog="bench.first_sync", description=__doc__)
    parser.add_argument("--kader", type=int, default=KADER)
    crowd = Crowd(scratch.folder(), parser.parse_args().kader)
    crowd.install()
    try:
        crowd.start()
        found = measure(crowd)
    finally:
        crowd.stop()
    sys.stdout.write("".join(f"{name}: {value}\n" for name, value in found.items()))
    return 0 if found["served"] == found["kader"] and not found["errors"] else 1


if __name__ == "__main__":
    sys.exit(main())
