"""Reads our own source for the tests of its shape."""

import ast
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("models", "sync", "server")


def python_files(*packages: str) -> list[Path]:
    """Every module of ours, migrations' steps left out."""
    found = [path for name in packages or PACKAGES for path in sorted((ROOT / name).rglob("*.py"))]
    return [path for path in found if "versions" not in path.parts and "node_modules" not in path.parts]


@cache
def tree_of(path: Path) -> ast.Module:
    """The syntax tree of a file."""
    return ast.parse(path.read_text("utf-8"))


def imported(path: Path) -> set[str]:
    """Dotted names a file imports, wherever the import stands."""
    names: set[str] = set()
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            names |= {f"{node.module}.{alias.name}" for alias in node.names} | {str(node.module)}
    return names


def tracked(*patterns: str) -> list[Path]:
    """Files of the repository by glob, built and installed ones left out."""
    skip = {"node_modules", "dist", ".venv", "var", "dawis.egg-info"}
    found = {path for pattern in patterns for path in ROOT.glob(pattern)}
    return sorted(path for path in found if not skip & set(path.relative_to(ROOT).parts))


def name(path: Path) -> str:
    """A file's path inside the repository."""
    return path.relative_to(ROOT).as_posix()
