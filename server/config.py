"""Every setting, its environment variable and its default.

| variable | default | meaning |
|---|---|---|
| DAWIS_DATA_DIR | var | database, keys and what the server writes |
| DAWIS_DATABASE_URL | sqlite in the data folder | ``postgresql://…`` for PostgreSQL |
| PORT | 8000 | port of ``dawis run`` |
| DAWIS_HOST | 127.0.0.1 | address of ``dawis run`` |
| DAWIS_MASTER_KEY, DAWIS_BLIND_KEY | files in DAWIS_DATA_DIR/keys | 32 bytes, base64 |
| DAWIS_TRUST_PROXY | 0 | 1 behind a TLS proxy that sets X-Forwarded-* |
| DAWIS_WORKERS, DAWIS_THREADS | 2, 4 | gunicorn processes and threads |
"""

import base64
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import version as installed_version
from pathlib import Path

from models.sealing import Keyring

VERSION = installed_version("dawis")


@dataclass(frozen=True)
class Config:
    """The settings of one process."""

    data_dir: Path
    database_url: str
    host: str = "127.0.0.1"
    port: int = 8000
    trust_proxy: bool = False
    workers: int = 2
    threads: int = 4
    master_key: str | None = None
    blind_key: str | None = None

    @property
    def gate_path(self) -> Path | None:
        """The lock file beside an SQLite database; none for PostgreSQL."""
        if not self.database_url.startswith("sqlite"):
            return None
        return Path(self.database_url.removeprefix("sqlite:///") + ".gate")


def from_environment(env: Mapping[str, str] = os.environ) -> Config:
    """Read the settings; makes the data folder."""
    data_dir = Path(env.get("DAWIS_DATA_DIR", "var")).absolute()
    data_dir.mkdir(parents=True, exist_ok=True)
    return Config(
        data_dir=data_dir,
        database_url=_address(env.get("DAWIS_DATABASE_URL", ""), data_dir),
        host=env.get("DAWIS_HOST", "127.0.0.1"),
        port=int(env.get("PORT", "8000")),
        trust_proxy=env.get("DAWIS_TRUST_PROXY") == "1",
        workers=int(env.get("DAWIS_WORKERS", "2")),
        threads=int(env.get("DAWIS_THREADS", "4")),
        master_key=env.get("DAWIS_MASTER_KEY"),
        blind_key=env.get("DAWIS_BLIND_KEY"),
    )


def _address(url: str, data_dir: Path) -> str:
    if not url:
        return f"sqlite:///{data_dir / 'dawis.db'}"
    for prefix in ("postgresql://", "postgres://"):
        if url.startswith(prefix):
            return "postgresql+psycopg://" + url.removeprefix(prefix)
    return url


def has_keys(config: Config) -> bool:
    """Whether both keys are there, given or as files; without them a start makes new ones."""
    folder = config.data_dir / "keys"
    given = (config.master_key or (folder / "master.key").exists(), config.blind_key or (folder / "blind.key").exists())
    return all(given)


def load_keyring(config: Config) -> Keyring:
    """The installation's keys, made at first start (files 0600)."""
    folder = config.data_dir / "keys"
    folder.mkdir(mode=0o700, exist_ok=True)
    return Keyring(
        master=_key(config.master_key, folder / "master.key"),
        blind=_key(config.blind_key, folder / "blind.key"),
    )


def _key(given: str | None, path: Path) -> bytes:
    if given:
        return base64.b64decode(given)
    if not path.exists():
        _make_key(path)
    return base64.b64decode(path.read_text())


def _make_key(path: Path) -> None:
    """Write a key beside its place and link it there: two starting processes agree, and a kill leaves no half."""
    draft = path.with_suffix(f".{os.getpid()}")
    with os.fdopen(os.open(draft, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "w") as file:
        file.write(base64.b64encode(secrets.token_bytes(32)).decode())
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
