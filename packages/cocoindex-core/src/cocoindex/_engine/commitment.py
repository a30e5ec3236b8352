"""What is written of a component: before its actions what is possible, after them what holds. Layer: _engine."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import entries, record
from .keyspace import INDEX
from .memo_chain import forget_ancestors_memo
from .record import CHILDREN, MEMO, NO_DEPS, NO_HASH, UNSURE, Head

if TYPE_CHECKING:
    from .batch import Batch
    from .component import Component
    from .plan import Plan
    from .providers import ProviderTable

_SHORT = 1024
"""A head of fewer bytes is written before the actions, too."""


def promise(component: Component, batch: Batch) -> None:
    """Write what is possible until the actions are known to be applied, and who owns what."""
    plan = component.plan
    assert plan is not None
    expect_children(component, batch)
    if plan.adopted:
        _take_from_owners(component, batch)
    for ident in plan.claimed:
        batch.put(ident, component.record_key)
    flags = component.flags & ~MEMO
    if plan.uniform:
        flags, plan.entries = _place(component, batch, flags, plan.changes_after())
        flags |= UNSURE
        encoded = plan.entries
    else:
        flags, encoded = _place(component, batch, flags, plan.changes_before())
    _write(component, batch, flags, encoded)


def fulfil(component: Component, batch: Batch) -> None:
    """Write what holds now that the actions are applied, or that there were none."""
    plan = component.plan
    assert plan is not None
    if plan.applied:
        plan.take_up_reports()
    if not plan.shares:
        expect_children(component, batch)
        if plan.adopted:
            _take_from_owners(component, batch)
    for ident in plan.removed:
        batch.delete(ident)
    if plan.containers:
        settle_containers(plan, batch, component.run.providers)
    flags = component.flags & ~(MEMO | UNSURE)
    if component.may_be_memoized:
        flags |= MEMO
    if component.made_calls or flags & record.CALLS:
        flags = component.calls.write(batch, flags)
    encoded = plan.entries
    if encoded is None:
        if plan.unchanged and component.data is not None and not component.flags & UNSURE:
            encoded = record.encoded_entries_of(component.data)
        else:
            flags, encoded = _place(component, batch, flags, plan.changes_after())
    _write(component, batch, flags, encoded)


def expect_children(component: Component, batch: Batch) -> None:
    """Have every ancestor's record say that it has children, and that it must run again if it is interrupted."""
    at = component.parent
    while at is not None and not at.flagged:
        at.flagged = True
        data = batch.get(at.record_key)
        if not at.flags & CHILDREN:
            batch.put(INDEX + at.id, at.record_key)
        if data is None:
            head = Head(at.run.facts.name_id(at.name), path=at.long_path())
            batch.put(at.record_key, record.encode(CHILDREN, at.id, NO_HASH, NO_DEPS, head))
        else:
            flags = record.header_of(data, at).flags
            batch.put(at.record_key, record.with_flags(data, (flags | CHILDREN) & ~MEMO))
        at.flags |= CHILDREN
        at = at.parent


def settle_containers(plan: Plan, batch: Batch, providers: ProviderTable) -> None:
    """Forget what is tracked below containers that were removed or made anew."""
    for container in plan.containers:
        child = container.child
        if child is None:
            if container.gone or container.invalidation == "destructive":
                providers.discard(container.provider, container.key, batch)
        elif container.gone:
            providers.discard(container.provider, container.key, batch)
        elif container.invalidation == "destructive":
            providers.replace(child, batch)
        elif container.invalidation == "lossy":
            providers.weaken(child, batch)


def _take_from_owners(component: Component, batch: Batch) -> None:
    """Become the owner of what another component owned; that one, and all above it, must run again."""
    assert component.plan is not None
    for owner, idents in component.plan.adopted.items():
        data = batch.get(owner)
        if data is not None:
            rest, _ = entries.take(batch, data, idents, component)
            batch.put(owner, rest)
            forget_ancestors_memo(batch, owner)
        for ident in idents:
            batch.put(ident, component.record_key)


def _place(
    component: Component, batch: Batch, flags: int, changes: dict[entries.Ident, record.Stored | None]
) -> tuple[int, bytes]:
    assert component.plan is not None
    return entries.place(batch, component.id, flags, component.plan.kept, changes)


def _write(component: Component, batch: Batch, flags: int, encoded: bytes) -> None:
    """Write the record; a short one has the same size before the actions as after them, which splits no page."""
    head = component.head
    if head is None:
        head = component.head = _head(component)
    if flags & MEMO or len(head) < _SHORT:
        data = record.encode(flags, component.id, component.arg_key, component.deps, head, encoded)
    else:
        data = record.encode(flags, component.id, NO_HASH, NO_DEPS, _plain_head(component), encoded)
    component.flags = flags
    if data != component.data:
        batch.put(component.record_key, data)
        component.data = data


def _head(component: Component) -> bytes:
    check = component.check
    states = check.stored() if check is not None and check.states else None
    if states is None and component.stored_result is None:
        return _plain_head(component)
    name = component.run.facts.name_id(component.name)
    return record.encode_head(Head(name, states, component.stored_result, component.long_path()))


def _plain_head(component: Component) -> bytes:
    name = component.run.facts.name_id(component.name)
    path = component.long_path()
    return record.plain_head(name) if path is None else record.encode_head(Head(name, path=path))
