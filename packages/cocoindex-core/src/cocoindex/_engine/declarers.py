"""Which components declare the containers of target states that are to be removed. Layer: _engine.

What is in a container is removed by the handler that the container's sink returns in this run. If all components that
declare the container were skipped, there is none. Then these components run again, and the removal is repeated.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .batch import Batch
from .keyspace import OWNER, PROVIDER
from .stored_record import forget_memo, with_ancestors

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Set

    from .removal import Removal
    from .run import Run


def wake_declarers(run: Run, removals: Collection[Removal], failed: Set[bytes]) -> bool:
    """Mark the components that must run so that `removals` can be completed, and those whose children these remove.

    Args:
        failed: the records of components that have failed in this update, or could not be removed; running them again
            would not help.

    Returns:
        Whether there are any.
    """
    unknown = {
        entry.provider
        for removal in removals
        if removal.plan is not None
        for entry in removal.plan.kept.values()
        if run.providers.by_id(entry.provider) is None
    }
    if not unknown:
        return False
    batch = Batch(run.store)
    found = {at for at in _declarers(batch, unknown) if failed.isdisjoint(with_ancestors(batch, at))}
    for record_key in {*found, *(_sweepers(removals) if found else ())}:
        run.rerun.mark(batch, record_key)
    batch.commit()
    return bool(found)


def forget_memos_above(run: Run, removals: Iterable[Removal]) -> None:
    """Have the components run in the next update whose children could not be removed."""
    batch = Batch(run.store)
    left = [removal for removal in removals if not removal.removals.dropping and batch.get(removal.record_key)]
    for record_key in _sweepers(left):
        forget_memo(batch, record_key)
    batch.commit()


def _declarers(batch: Batch, providers: Iterable[int]) -> set[bytes]:
    """Return the records of the components that own the containers with these providers of children."""
    rows = {ident: key for key, ident in batch.stored_rows(PROVIDER)}
    found: set[bytes] = set()
    for provider in providers:
        at = provider.to_bytes(8, "big")
        met: set[bytes] = set()  # a damaged store may contain a cycle
        while at not in met and (key := rows.get(at)) is not None:
            met.add(at)
            owner = batch.get(OWNER + key[1:])
            if owner is not None:
                found.add(owner)
                break
            at = key[1:9]  # attachments belong to a container
    return found


def _sweepers(removals: Iterable[Removal]) -> set[bytes]:
    found: set[bytes] = set()
    for removal in removals:
        while removal.parent is not None:
            removal = removal.parent
        if removal.above is not None:
            found.add(_record_key(removal))
    return found


def _record_key(removal: Removal) -> bytes:
    from .removal import Removal

    assert removal.above is not None and not isinstance(removal.above, Removal)
    return removal.above.record.key
