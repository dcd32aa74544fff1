"""The shape of the house: which way imports point, who commits, how long things are, one source for the form."""

import ast
import re
import subprocess
import sys

import pytest

from tests.source import ROOT, imported, name, python_files, tracked, tree_of

MAY_IMPORT = {"server": {"server", "sync", "models"}, "sync": {"sync", "models"}, "models": {"models"}}
FRAMEWORKS = ("flask", "flask_sqlalchemy", "sqlalchemy", "werkzeug")
PURE = (
    "models.form.definition",
    "models.form.rules",
    "models.form.answers",
    "models.problems",
    "models.sealing",
    "models.aggregates.disclosure",
    "sync.edit",
    "sync.merge",
    "sync.verdict",
    "sync.digest",
    "sync.wire",
)
COMMITTING = re.compile(r"\.(commit|rollback|begin_nested)\(")
LONGEST_FILE, LONGEST_FUNCTION = 300, 40
FILES = python_files()


@pytest.mark.parametrize("path", FILES, ids=name)
def test_import__points_down(path):
    package = path.relative_to(ROOT).parts[0]
    ours = {one.split(".")[0] for one in imported(path)} & MAY_IMPORT.keys()
    assert ours <= MAY_IMPORT[package]


@pytest.mark.parametrize("module", PURE)
def test_core__loads_without_frameworks(module):
    code = f"import sys, {module}; sys.exit(' '.join(sorted(set({FRAMEWORKS!r}) & set(sys.modules))) or 0)"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd=ROOT)
    assert result.returncode == 0, result.stderr


@pytest.mark.parametrize("path", python_files("models", "sync"), ids=name)
def test_below_server__no_flask_no_clock_no_environment(path):
    if name(path) == "models/database.py":
        return
    assert not {one for one in imported(path) if one.split(".")[0] in {"flask", "flask_sqlalchemy"}}
    text = path.read_text("utf-8")
    for banned in ("datetime.now(", "date.today(", "time.time(", "os.environ", "current_app", "utcnow("):
        assert banned not in text, banned


def test_commit__only_in_transaction_and_migrations():
    allowed = {"server/transaction.py", "models/migrations/env.py", "models/database.py"}
    found = {name(path) for path in FILES if COMMITTING.search(path.read_text("utf-8"))}
    assert found <= allowed


@pytest.mark.parametrize("path", python_files("server/downloads"), ids=name)
def test_downloads__never_import_records(path):
    assert not {one for one in imported(path) if one.startswith(("models.records", "models.history"))}


@pytest.mark.parametrize("path", [path for path in FILES if path.name == "__init__.py"], ids=name)
def test_init__is_a_docstring(path):
    tree = tree_of(path)
    assert len(tree.body) == 1
    assert ast.get_docstring(tree)


@pytest.mark.parametrize("path", FILES, ids=name)
def test_module__says_what_it_decides_and_stays_small(path):
    assert ast.get_docstring(tree_of(path)), "no module docstring"
    assert len(path.read_text("utf-8").splitlines()) <= LONGEST_FILE
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.FunctionDef):
            assert (node.end_lineno or 0) - node.lineno < LONGEST_FUNCTION, node.name


def field_ids() -> set[str]:
    """Ids of the form's questions that could only mean that question (structure and short common words left out)."""
    from models.form.definition import load

    ids = {field for kind in load().kinds.values() for field in kind.fields}
    return {one for one in ids if "_" in one}


def constants(path) -> set[str]:
    """String constants of a module, docstrings left out."""
    prose = {id(node.value) for node in ast.walk(tree_of(path)) if isinstance(node, ast.Expr)}
    strings = (node for node in ast.walk(tree_of(path)) if isinstance(node, ast.Constant) and id(node) not in prose)
    return {node.value for node in strings if isinstance(node.value, str)}


def quoted(text: str) -> set[str]:
    return set(re.findall(r"""["'`]([a-z0-9_]+)["'`]""", text))


@pytest.mark.parametrize(
    "path",
    [*python_files(), *tracked("pwa/src/**/*.ts", "pwa/src/**/*.tsx", "server/templates/**/*.html")],
    ids=name,
)
def test_form__is_the_only_source_of_field_ids(path):
    if path.suffix == ".ts" and path.name.endswith(".test.ts"):
        return
    found = constants(path) if path.suffix == ".py" else quoted(path.read_text("utf-8"))
    assert not found & (field_ids() - STRUCTURE)


STRUCTURE = {"state_reason", "merged_into"}


def test_pwa__one_user_of_indexeddb_and_one_of_fetch():
    for path in tracked("pwa/src/**/*.ts", "pwa/src/**/*.tsx"):
        if path.name.endswith(".test.ts"):
            continue
        text, where = path.read_text("utf-8"), name(path)
        if not where.startswith("pwa/src/store/"):
            assert not re.search(r"\bindexedDB\b|IDBDatabase", text), where
        if where not in {"pwa/src/api.ts", "pwa/src/sw.ts"}:
            assert not re.search(r"(?<![\w.])fetch\(", text), where
