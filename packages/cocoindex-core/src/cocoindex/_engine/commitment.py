"""What is written of a component: before its actions what is possible, after them what holds. Layer: _engine."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import entries, record
from .keyspace import INDEX, owner_key
from .memo_chain import forget_ancestors_memo
from .record import CHILDREN, MEMO, NO_DEPS, NO_HASH, Head

if TYPE_CHECKING:
    from .batch import Batch
    from .component import Component
    from .entries import Ident


def promise(component: Component, batch: Batch) -> None:
    """Write what is possible until the actions are known to be applied, and who owns what."""
    plan = component.plan
    assert plan is not None
    expect_children(component, batch)
    if plan.adopted:
        _take_from_owners(component, batch)
    for step in plan.steps:
        batch.put(step.owner_key, component.record_key)
    _write(component, batch, component.flags & ~MEMO, plan.before())


def fulfil(component: Component, batch: Batch) -> None:
    """Write what holds now that the actions are applied, or that there were none."""
    plan = component.plan
    assert plan is not None
    if not plan.steps:
        expect_children(component, batch)
        if plan.adopted:
            _take_from_owners(component, batch)
    for step in plan.steps:
        if step.after is None:
            batch.delete(step.owner_key)
    if plan.containers:
        _settle_containers(component, batch)
    flags = component.flags & ~MEMO
    if component.may_be_memoized:
        flags |= MEMO
    if component.made_calls or flags & record.CALLS:
        flags = component.calls.write(batch, flags)
    _write(component, batch, flags, plan.after())


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
            batch.put(at.record_key, record.encode(CHILDREN, at.id, NO_HASH, NO_DEPS, head, []))
        else:
            flags = record.header_of(data, at).flags
            batch.put(at.record_key, record.with_flags(data, (flags | CHILDREN) & ~MEMO))
        at.flags |= CHILDREN
        at = at.parent


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
            batch.put(owner_key(*ident), component.record_key)


def _settle_containers(component: Component, batch: Batch) -> None:
    assert component.plan is not None
    providers = component.run.providers
    for step in component.plan.steps:
        destroyed = step.after is None or step.outcome.invalidation == "destructive"
        if destroyed and (step.after is None or step.child is None):
            if step.before.container:
                providers.discard(*step.ident, batch)
        elif destroyed and step.child is not None:
            providers.replace(step.child, batch)
        elif step.child is not None and step.outcome.invalidation == "lossy":
            providers.weaken(step.child, batch)


def _write(component: Component, batch: Batch, flags: int, now: dict[Ident, record.Entry]) -> None:
    plan = component.plan
    assert plan is not None
    if flags & record.STATES_APART or len(now) >= entries.FEW:
        flags = entries.place(batch, component.id, flags, now, plan.changed)
    inline = [] if flags & record.STATES_APART else list(now.values())
    if flags & MEMO:
        data = record.encode(flags, component.id, component.arg_key, component.deps, _head(component), inline)
    else:
        data = record.encode(flags, component.id, NO_HASH, NO_DEPS, _head_without_memo(component), inline)
    component.flags = flags
    if data != component.data:
        batch.put(component.record_key, data)
        component.data = data


def _head(component: Component) -> Head | bytes:
    check = component.check
    states = check.stored() if check is not None and check.states else None
    if states is None and component.stored_result is None:
        return _head_without_memo(component)
    name = component.run.facts.name_id(component.name)
    return Head(name, states, component.stored_result, component.long_path())


def _head_without_memo(component: Component) -> Head | bytes:
    name = component.run.facts.name_id(component.name)
    path = component.long_path()
    return record.plain_head(name) if path is None else Head(name, path=path)
