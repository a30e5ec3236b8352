"""Removal of what is tracked below a container, before the container itself is removed. Layer: _engine."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .._keys import StableKey, decode_key
from .._target.reconcile import Output, reconcile
from .._target.state import TargetStateProvider
from .._values import NON_EXISTENCE
from ..errors import TargetHandlerError
from . import stored_states
from .keyspace import GENERATION, OWNER, provider_key

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from .._runtime.context import ContextProvider
    from .._target.sink import TargetActionSink
    from .batch import Batch
    from .record import Entry

Provider = TargetStateProvider[Any, Any, Any]


def removals_below(
    batch: Batch,
    context: ContextProvider,
    gives_way: Callable[[Entry, Provider, StableKey], bool],
    provider: Provider,
    container: Entry,
    output: Output,
) -> Iterator[tuple[TargetActionSink[Any], Any]]:
    """Yield the sink and the action for everything tracked below a container, whoever owns it; deepest first.

    Args:
        gives_way: returns whether a target state stays because it is also declared in another way.
        provider: the provider of the container.
        container: the entry stored for the container.
        output: the result of its handler's `reconcile`.

    Raises:
        TargetHandlerError: its sink does not return a handler for its children.
    """
    provider_id = batch.get(provider_key(container.provider, container.key))
    if provider_id is None:
        return
    key = decode_key(container.key)
    handler = _removal_handler(context, provider, key, output)
    if handler is None:
        return
    children: Provider = TargetStateProvider(provider, key, handler)
    generation = int.from_bytes(batch.get(GENERATION + provider_id) or bytes(4), "big")
    for entry in _tracked(batch, provider_id):
        child_key = decode_key(entry.key)
        if children._has_identity and gives_way(entry, children, child_key):
            continue
        missing = entry.missing or entry.generation != generation
        removal = reconcile(children, child_key, NON_EXISTENCE, entry.records, missing)
        if removal is not None:
            if entry.container and children._removes_children_first:
                yield from removals_below(batch, context, gives_way, children, entry, removal)
            yield removal.sink, removal.action


def _removal_handler(context: ContextProvider, provider: Provider, key: StableKey, output: Output) -> Any:
    """Return the handler that removes what is tracked below a container; None if the container's action does it all."""
    of_action = getattr(provider._resolved_handler, "removal_handler", None)
    if of_action is not None:
        return of_action(output.action)
    if output.sink._child_handler is None:
        raise TargetHandlerError(
            f"the handler of {provider.path} says removes_children_first, and the sink of the container {key!r} has no "
            "child_handler=; build it with coco.TargetActionSink.from_fn(..., child_handler=...)"
        )
    return output.sink._child_handler(context, output.action)


def _tracked(batch: Batch, provider: bytes) -> Iterator[Entry]:
    """Yield the stored entries of a provider's target states, owner by owner."""
    owned: dict[bytes, list[bytes]] = {}
    for state_id, stored in batch.stored_rows(OWNER + provider):
        if (owner := batch.latest(state_id, stored)) is not None:  # others of this round may have handed it over
            owned.setdefault(owner, []).append(state_id)
    for owner, state_ids in owned.items():
        data = batch.get(owner)
        if data is not None:
            theirs = stored_states.load(batch, data, owner.hex())
            yield from (theirs[state_id] for state_id in state_ids if state_id in theirs)
