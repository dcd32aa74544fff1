"""``dawis demo``."""

from models.territory import ServerState
from server.demo import seed
from server.transaction import write


def test_seed_and_purge__once_each__then_refused(dawis, app, monkeypatch):
    monkeypatch.setattr(seed, "_play", lambda *_arguments, **_names: None)
    with write() as session:
        session.get_one(ServerState, 1).seeded = ""
    first = dawis("demo", "seed")
    assert first.exit_code == 0, first.output
    assert "Kode aktivasi kader" in first.stdout
    assert dawis("demo", "seed").exit_code == 1
    secret = app.config["DAWIS"].data_dir / "demo.json"
    assert secret.stat().st_mode & 0o077 == 0
    assert dawis("demo", "purge").exit_code == 0
    assert not secret.exists()
    assert dawis("demo", "purge").exit_code == 1
