"""The parent of mounted children: valid before a component runs, while it runs and after it ended. Layer: _engine."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._keys import StableKey, StablePath
from . import record
from .keyspace import INDEX, is_bounded
from .memo_mark import MemoForgotten
from .record import CHILDREN, LIVE, NO_DEPS, NO_HASH, Head

if TYPE_CHECKING:
    from .batch import Batch
    from .children import Children
    from .component import Component
    from .execution import Execution
    from .record_draft import RecordAbove, RecordDraft
    from .run import Run
    from .scheduler import Seat


class Anchor:
    """Represents a component as the parent of what is mounted below it, for as long as its children exist.

    While the component runs, events of its children are passed on to it. After that, only the location of its record is
    kept.

    Attributes:
        parent: the anchor of the component above; None for the root.
        parts: the path of the component below its parent.
        name: the name of the component's function.
        record: the location of the component's record.
        seat: the seat of the component, which lends its slot to children while the component runs.
        children_under_memo: whether the component or a component above it is memoized.
        component: the component; None after it ended.
    """

    _children: Children | None = None  # of a component that runs; here, ranges are told
    __slots__ = ("_sealed", "children_under_memo", "component", "name", "parent", "parts", "record", "run", "seat")

    def __init__(
        self,
        run: Run,
        parent: Anchor | None,
        parts: tuple[StableKey, ...],
        name: str,
        record: AnchorRecord,
        *,
        children_under_memo: bool,
    ) -> None:
        self.run = run
        self.parent = parent
        self.parts = parts
        self.name = name
        self.record = record
        self.children_under_memo = children_under_memo
        self.seat: Seat | None = None
        self.component: Component | None = None
        self._sealed = True

    @property
    def stable_path(self) -> StablePath:
        parts: list[tuple[StableKey, ...]] = []
        at: Anchor | None = self
        while at is not None:
            parts.append(at.parts)
            at = at.parent
        return StablePath.from_parts(tuple(part for theirs in reversed(parts) for part in theirs))

    def __str__(self) -> str:
        return str(self.stable_path)

    @property
    def execution(self) -> Execution | None:
        """The run of the component's body; None after the component ended."""
        return None if self.component is None else self.component.execution

    def ids(self) -> list[bytes]:
        """The ids of the component and of all components above it."""
        found = []
        at: Anchor | None = self
        while at is not None:
            found.append(at.record.id)
            at = at.parent
        return found

    def expect_range(self, batch: Batch) -> None:
        """Create the record if needed and mark that data of a live range is stored below it, so that both are
        removed together."""
        at: RecordAbove | None = self.record
        while at is not None and not at.announced:
            at.expect_children(batch)
            at = at.above
        data = batch.get(self.record.key)
        if data is not None and not data[1] & LIVE:
            batch.put(self.record.key, record.with_flags(data, data[1] | LIVE))

    # Passed on to the components that still run

    def child_ended(self, *, ok: bool, deps: bytes) -> None:
        """Pass a completed child on to the nearest component above that still collects dependencies."""
        at: Anchor | None = self
        while at is not None:
            component = at.component
            if component is not None:
                if not ok:
                    component.outcome.must_run_again()
                if not at._sealed:
                    if deps != NO_DEPS:
                        component.execution.frame.nested.add(deps)
                    return
            at = at.parent

    def disturb(self) -> None:
        """Announce a change below: components above that have sealed their dependencies must not be skipped next
        time."""
        if not self.children_under_memo:
            return
        at: Anchor | None = self
        while at is not None:
            if at.component is not None:
                if not at._sealed:
                    break
                at.component.outcome.must_run_again()
            at = at.parent
        if self.component is None or self._sealed:
            self.run.committer.add(MemoForgotten(self.record.key))

    # The state of the component

    def begin(self, component: Component) -> None:
        """Attach the component, which is about to run or runs."""
        self.component = component
        self.seat = component.seat
        self._sealed = False

    def seal(self) -> None:
        """Note that the component has sealed its dependencies."""
        self._sealed = True

    def let_go(self) -> None:
        """Detach the component, which has ended."""
        self.component = self.seat = None
        self._sealed = True
        self.record.let_go()


class AnchorRecord:
    """The location of a component's record, for what is mounted below the component; see `RecordDraft`.

    Attributes:
        above: the same for the component above.
        announced: whether this record and all records above it say that there are children.
    """

    __slots__ = ("_draft", "_name", "_path", "above", "announced", "id", "key")

    def __init__(
        self,
        key: bytes,
        ident: bytes,
        path: bytes,
        name: int,
        above: RecordAbove | None,
        *,
        draft: RecordDraft | None = None,
        announced: bool = False,
    ) -> None:
        self.key = key
        self.id = ident
        self.above = above
        self.announced = announced
        self._path = path
        self._name = name
        self._draft = draft

    def expect_children(self, batch: Batch) -> None:
        """Create the record if needed and mark that there are children."""
        self.announced = True
        if self._draft is not None:
            if not self._draft.announced:
                self._draft.expect_children(batch)
            return
        data = batch.get(self.key)
        if data is None:
            head = Head(self._name, path=self._path if is_bounded(self._path) else None)
            batch.put(self.key, record.encode(CHILDREN | LIVE, self.id, NO_HASH, NO_DEPS, head))
        else:
            batch.put(self.key, record.with_flags(data, (data[1] | CHILDREN | LIVE) & ~record.MEMO))
        batch.put(INDEX + self.id, self.key)

    def let_go(self) -> None:
        """Release the component's draft of the record: the component has ended and its writes are committed."""
        if self._draft is not None:
            self.announced = self._draft.announced or bool(self._draft.flags & CHILDREN)
            self._draft = None


def anchor_of(component: Component | Anchor) -> Anchor:
    """Return the anchor of a running component."""
    if isinstance(component, Anchor):
        return component
    children = component.children
    if children.anchor is None:
        draft = component.record
        above = None if component.parent is None else anchor_of(component.parent)
        name = component.run.facts.name_id(component.name)
        where = AnchorRecord(
            draft.key, draft.id, component.key, name, None if above is None else above.record, draft=draft
        )
        children.anchor = Anchor(
            component.run,
            above,
            component.parts,
            component.name,
            where,
            children_under_memo=component.children_under_memo,
        )
        children.anchor.begin(component)
    return children.anchor
