"""``dawis kader invite``."""

import json

from server.app import utc_now
from tests.builders import DESA


def test_invite__count__new_persons_with_own_codes(dawis, world, app):
    app.config["CLOCK"] = utc_now
    lines = [
        json.loads(line)
        for line in dawis(
            "kader", "invite", "--dasawisma", f"{DESA}/D003", "--count", "3", "--json"
        ).stdout.splitlines()
    ]
    assert len({line["code"] for line in lines}) == 3
    assert len({line["person"] for line in lines}) == 3
    assert {line["dasawisma"] for line in lines} == {f"{DESA}/D003"}
    assert [line["kader"] for line in lines] == ["Kader Mawar 1", "Kader Mawar 1 (2)", "Kader Mawar 1 (3)"]
    for line in lines:
        answer = app.test_client().post("/api/session/activate", json={"code": line["code"]}, headers={"X-Dawis": "1"})
        assert answer.json["person"] == line["person"]
        assert [role["area"] for role in answer.json["roles"]] == [f"{DESA}/D003"]


def test_invite__unknown_or_not_a_dasawisma__said_in_words(dawis, world):
    for code in (f"{DESA}/D099", DESA, "x"):
        result = dawis("kader", "invite", "--dasawisma", code, "--json")
        assert result.exit_code == 1
        assert result.stdout == ""
        assert "tidak ada" in result.output
