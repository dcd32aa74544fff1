"""``dawis account``."""

import json

from server.app import utc_now
from tests.builders import DESA


def login(app, username, password):
    app.config["CLOCK"] = utc_now
    body = {"username": username, "password": password}
    return app.test_client().post("/api/session/login", json=body, headers={"X-Dawis": "1"})


def test_account__added__signs_in_with_its_roles(dawis, world, app):
    arguments = [
        "account",
        "add",
        "Desa.Kapas",
        "--role",
        "admin_desa",
        "--role",
        "tp_pkk",
        "--area",
        DESA,
        "--name",
        "Bu Lurah",
        "--json",
    ]
    made = json.loads(dawis(*arguments).stdout)
    answer = login(app, "desa.kapas", made["password"])
    assert {(role["role"], role["area"]) for role in answer.json["roles"]} == {("admin_desa", DESA), ("tp_pkk", DESA)}
    assert answer.json["name"] == "Bu Lurah"
    again = dawis(*arguments)
    assert again.exit_code == 1
    assert "sudah dipakai" in again.output


def test_account__reset__only_the_new_password_works(dawis, world, app):
    made = json.loads(
        dawis("account", "add", "x", "--role", "bappeda", "--area", "35.22", "--name", "X", "--json").stdout
    )
    new = dawis("account", "reset", "x").output.split()[-1]
    assert login(app, "x", made["password"]).status_code == 401
    assert login(app, "x", new).status_code == 200


def test_account__unknown_area_role_or_name__said_in_words(dawis, world):
    assert "tidak ada" in dawis("account", "add", "y", "--role", "bappeda", "--area", "99", "--name", "Y").output
    assert dawis("account", "add", "y", "--role", "kader", "--area", DESA, "--name", "Y").exit_code == 2
    assert "Tidak ada akun" in dawis("account", "reset", "nobody").output


def test_command__no_tables_yet__says_what_to_do(dawis, tmp_path, monkeypatch):
    monkeypatch.setenv("DAWIS_DATA_DIR", str(tmp_path / "new"))
    monkeypatch.setenv("DAWIS_DATABASE_URL", "")
    result = dawis("territory", "show", "35.22")
    assert result.exit_code == 1
    assert "dawis database upgrade" in result.output
