def test_unknown_address__problem_json_for_programs(app):
    answer = app.test_client().get("/api/nothing")
    assert answer.status_code == 404
    assert answer.mimetype == "application/problem+json"
    assert answer.json["code"] == "request.not_found"


def test_every_answer__carries_the_policy(app):
    for path in ("/healthz", "/api/nothing", "/api/form", "/api/session"):
        answer = app.test_client().get(path)
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"], path
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "unsafe" not in answer.headers["Content-Security-Policy"]


def test_healthz__says_what_the_contract_names(app):
    answer = app.test_client().get("/healthz")
    assert answer.status_code == 200
    assert {"status", "database", "sqlite", "version", "epoch"} <= answer.json.keys()
    assert answer.json["status"] == "ok"


def test_page__not_signed_in__comes_back_with_its_whole_address(app, world):
    answer = app.test_client().get(
        "/rekap/4.16a/35.22.14.2011/D001?tanggal=2026-06-30&x=1", headers={"Accept": "text/html"}
    )
    assert answer.status_code == 303
    assert answer.location == "/masuk?next=%2Frekap%2F4.16a%2F35.22.14.2011%2FD001%3Ftanggal%3D2026-06-30%26x%3D1"
