"""Decides which accepted facts look wrong: invariants are checked after the merge and only ever flagged."""

from sync.batch import Batch
from sync.incoming import Author


def look(batch: Batch, author: Author) -> None:
    """Look at every door this transaction touched."""
