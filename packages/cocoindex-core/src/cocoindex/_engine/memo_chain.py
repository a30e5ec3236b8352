"""Makes a component's ancestors run again: what a skipped one carries must all be as it was. Layer: _engine."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .keyspace import INDEX, NO_PARENT
from .record import MEMO, with_flags

if TYPE_CHECKING:
    from .batch import Batch


def forget_ancestors_memo(batch: Batch, record_key: bytes) -> None:
    """Clear the memo of all ancestors of the component whose record lies at `record_key`."""
    parent = record_key[1:9]
    while parent != NO_PARENT:
        above = batch.get(INDEX + parent)
        data = None if above is None else batch.get(above)
        if above is None or data is None:
            return
        if data[1] & MEMO:
            batch.put(above, with_flags(data, data[1] & ~MEMO))
        parent = above[1:9]
