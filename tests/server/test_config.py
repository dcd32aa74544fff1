import stat

from server.config import from_environment, load_keyring


def test_environment__defaults_and_postgresql_address(tmp_path):
    config = from_environment({"DAWIS_DATA_DIR": str(tmp_path / "var")})
    assert config.database_url == f"sqlite:///{tmp_path}/var/dawis.db"
    assert (config.port, config.host) == (8000, "127.0.0.1")
    for given in ("postgresql://u:p@h/d", "postgres://u:p@h/d"):
        other = from_environment({"DAWIS_DATA_DIR": str(tmp_path), "DAWIS_DATABASE_URL": given, "PORT": "9001"})
        assert other.database_url == "postgresql+psycopg://u:p@h/d"
        assert other.gate_path is None
        assert other.port == 9001


def test_keys__made_once_private_and_stable(tmp_path):
    config = from_environment({"DAWIS_DATA_DIR": str(tmp_path)})
    blob = load_keyring(config).seal(1, "t", "r", b"x")
    assert load_keyring(config).open(1, "t", "r", blob) == b"x"
    for name in ("master.key", "blind.key"):
        assert stat.S_IMODE((tmp_path / "keys" / name).stat().st_mode) == 0o600
    assert {path.name for path in (tmp_path / "keys").iterdir()} == {"master.key", "blind.key"}
