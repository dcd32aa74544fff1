"""The vectors shared with the phone, read from tests/vectors."""

import json
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parents[2] / "vectors"


def vectors(name: str) -> list[dict[str, Any]]:
    return json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))


def case_name(case: dict[str, Any]) -> str:
    return case["name"]
