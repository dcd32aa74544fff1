"""Decides what time it is: the server's clock moves only when told, each phone's is off by as much as it is told."""

from datetime import UTC, datetime, timedelta

START = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)


class Clock:
    """The server's clock, and the true time of the history."""

    def __init__(self) -> None:
        self.moment = START

    def __call__(self) -> datetime:
        return self.moment

    def forward(self, seconds: float) -> None:
        """Move on."""
        self.moment += timedelta(seconds=seconds)

    @property
    def ms(self) -> int:
        """Milliseconds since 1970."""
        return int(self.moment.timestamp() * 1000)


def iso(ms: int) -> str:
    """The text a phone writes of an instant."""
    moment = datetime.fromtimestamp(ms / 1000, UTC)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"


def ms_of(text: str) -> int:
    """Milliseconds since 1970 of such a text."""
    return round(datetime.fromisoformat(text).timestamp() * 1000)


def day_text(ms: int) -> str:
    """The day in Jakarta."""
    return datetime.fromtimestamp(ms / 1000 + 7 * 3600, UTC).date().isoformat()
