"""The ``dawis`` command: commands are loaded only when called."""

import importlib
from collections.abc import Callable
from functools import wraps
from typing import Any

import click

NO_TABLES = ("no such table", "does not exist")
COMMANDS = {
    "account": "server.cli.account:account",
    "backup": "server.cli.backup:backup",
    "coverage": "server.cli.coverage:coverage",
    "dasawisma": "server.cli.dasawisma:dasawisma",
    "database": "server.cli.database:database",
    "demo": "server.cli.demo:demo",
    "desa": "server.cli.desa:desa",
    "kader": "server.cli.kader:kader",
    "live": "server.cli.live:live",
    "quarantine": "server.cli.quarantine:quarantine",
    "recount": "server.cli.recount:recount",
    "register": "server.cli.register:register",
    "restore": "server.cli.backup:restore",
    "run": "server.cli.run:run",
    "settings": "server.cli.live:settings",
    "territory": "server.cli.territory:territory",
    "tidy": "server.cli.tidy:tidy",
    "verify": "server.cli.verify:verify",
}


class LazyGroup(click.Group):
    """A group that imports a command's module when it is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 (click calls it so)
        """Names of all commands."""
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 (as above)
        """A command, from its module."""
        if cmd_name not in COMMANDS:
            return None
        module, name = COMMANDS[cmd_name].split(":")
        command: click.Command = getattr(importlib.import_module(module), name)
        return command


@click.group(cls=LazyGroup)
def main() -> None:
    """Dawis: pendataan dasa wisma."""


def with_app(command: Callable[..., Any]) -> Callable[..., Any]:
    """Run a command inside the application's context; a Problem becomes one line of words and exit code 1."""

    @wraps(command)
    def run(*args: Any, **kwargs: Any) -> Any:
        from sqlalchemy.exc import OperationalError, ProgrammingError

        from models.problems import Problem
        from server.app import create_app
        from server.errors import WORDS

        with create_app().app_context():
            try:
                return command(*args, **kwargs)
            except Problem as problem:
                details = ", ".join(f"{key}: {value}" for key, value in problem.details.items())
                raise click.ClickException(WORDS[problem.code] + (f" ({details})" if details else "")) from problem
            except (OperationalError, ProgrammingError) as error:
                if not any(words in str(error.orig) for words in NO_TABLES):
                    raise
                raise click.ClickException("Basis data belum siap. Jalankan dulu: dawis database upgrade") from error

    return run
