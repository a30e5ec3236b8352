"""Removes everything of one app, through the sinks and then from the store. Layer: _engine."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._described import described
from ..errors import DropError
from . import stored_states
from .batch import Batch
from .keyspace import CHILD, ROOT_RECORD, claim_key
from .removal import Removal, Removals
from .stored_record import forget_record
from .sweep import remove

if TYPE_CHECKING:
    from .run import Run

_CHUNK = 1024
_TOLD = 5


async def drop(run: Run) -> None:
    """Remove everything that the app's components declared, then everything stored about the app.

    Raises:
        DropError: something could not be removed; its records are kept.
    """
    run.facts.mark_dropping()
    removals = Removals(run, run.board, None, dropping=True)
    root = run.store.get(ROOT_RECORD)
    if root is not None:
        await remove(removals, None, ROOT_RECORD, root)
    await removals.quiet()
    await run.finish_postponed()
    if removals.errors:
        _forget_dropped(run, removals)
        error = _drop_error(removals.errors)
        removals.errors.clear()  # the exceptions refer to the frames that they were raised in
        raise error
    run.store.clear()


def _forget_dropped(run: Run, removals: Removals) -> None:
    """Delete the records of what was removed and keep the others, after a drop that failed in part."""
    store = run.store
    kept: set[bytes] = set()
    for removal, _ in removals.errors:
        at: Removal | None = removal
        while at is not None and at.record_key not in kept:
            kept.add(at.record_key)
            at = at.parent
    after: bytes | None = None
    while rows := store.scan(CHILD, after=after, limit=_CHUNK):
        batch = Batch(store)
        for key, data in rows:
            if key not in kept:
                for state_id in stored_states.load(batch, data, key.hex()):
                    if batch.get(state_id) == key:
                        batch.delete(state_id)
                    batch.delete(claim_key(state_id, data[2:10]))
                forget_record(batch, key, data)
        after = rows[-1][0]
        batch.commit()


def _drop_error(errors: list[tuple[Removal, BaseException]]) -> DropError:
    # Children of a container that could not be removed failed with the container's error.
    first: dict[int, tuple[Removal, BaseException]] = {}
    for removal, exc in errors:
        first.setdefault(id(exc), (removal, exc))
    told = list(first.values())[:_TOLD]
    shown = "; ".join(f"{path}: {described(exc)}" for path, exc in told)
    more = f"; and {len(errors) - len(told)} more" if len(errors) > len(told) else ""
    error = DropError(
        f"{len(errors)} of the app's components could not be removed ({shown}{more}). Their records are kept: "
        "fix the cause and drop again"
    )
    error.__cause__ = errors[0][1]
    return error
