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
