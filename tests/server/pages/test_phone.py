import pytest


@pytest.fixture
def client(app, tmp_path):
    """The app with a build of a few files."""
    folder = tmp_path / "dist"
    (folder / "assets").mkdir(parents=True)
    (folder / "index.html").write_text("<!doctype html><title>Dawis</title>")
    (folder / "sw.js").write_text("self")
    (folder / "manifest.webmanifest").write_text("{}")
    (folder / "assets" / "a-1234.js").write_text("let a")
    (folder / "assets" / "a-1234.js.gz").write_bytes(b"packed")
    app.config["PWA_DIST"] = folder
    return app.test_client()


def test_app__not_built__said_in_words(app, tmp_path):
    app.config["PWA_DIST"] = tmp_path / "none"
    answer = app.test_client().get("/app/")
    assert answer.status_code == 503
    assert "belum dibangun" in answer.text


@pytest.mark.parametrize("address", ["/app/", "/app/sinkron", "/app/rumah/0190"])
def test_app__pages__are_the_shell_asked_each_time(client, address):
    answer = client.get(address)
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-cache")
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"


def test_app__worker__may_hold_the_folder_and_is_never_kept(client):
    answer = client.get("/app/sw.js")
    assert answer.headers["Service-Worker-Allowed"] == "/app/"
    assert answer.headers["Cache-Control"] == "no-cache"
    assert answer.headers["Content-Type"].startswith("text/javascript")


def test_app__manifest__has_its_type(client):
    assert client.get("/app/manifest.webmanifest").headers["Content-Type"] == "application/manifest+json"


def test_app__hashed_file__kept_for_ever_and_packed_where_taken(client):
    plain = client.get("/app/assets/a-1234.js")
    assert plain.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert plain.data == b"let a"
    packed = client.get("/app/assets/a-1234.js", headers={"Accept-Encoding": "gzip, br"})
    assert (packed.headers["Content-Encoding"], packed.data) == ("gzip", b"packed")
    assert packed.headers["Content-Type"].startswith("text/javascript")


@pytest.mark.parametrize("address", ["/app/assets/none.js", "/app/../server/app.py", "/app/%2e%2e/secret.txt"])
def test_app__file_that_is_not_there__not_found(client, address):
    assert client.get(address).status_code == 404


def test_app__without_slash__sent_to_the_folder(client):
    assert client.get("/app").headers["Location"] == "/app/"
