"""One run of one component: whether it may be skipped, what it declares, how it is committed. Layer: _engine."""

from __future__ import annotations

import asyncio
from collections import deque
from types import CoroutineType
from typing import TYPE_CHECKING, Any

from .._keys import StableKey, StablePath
from .._runtime.failure import ExceptionContext, ExceptionHandler, MountKind, note_component
from .._runtime.scope import Frame, Scope
from .._target.state import TargetState, TargetStateProvider
from .._values import serialize
from ..errors import MountError, MountTypeError, PathExistsError, RecordError, SerializationError, TargetStateError
from . import entries, record
from .calls import Calls
from .commitment import fulfil, promise
from .entries import Ident
from .keyspace import CHILD, LONGEST, ROOT_RECORD, bounded, is_bounded
from .plan import Declared, Plan, Planner
from .record import CHILDREN, NO_DEPS, NO_HASH
from .sweep import mark_of, stale_children, sweep

if TYPE_CHECKING:
    from .._function.memo_state import StateCheck
    from .._function.processor import Processor
    from .._runtime.counts import CountBoard
    from .._runtime.environment import Environment
    from .batch import Batch
    from .deps import Deps
    from .run import Run


class Component:
    """A component in one run; the engine makes one only where the component may have to run."""

    # What most components never change stands here once, as making one is on the hottest path.
    id: bytes = b""
    flags: int = 0
    handlers: tuple[ExceptionHandler, ...] = ()
    unawaited: dict[object, str] | None = None
    kind: MountKind = "mount"
    background: bool = True
    deadline: float | None = None
    group: Any = None
    arg_key: bytes = NO_HASH
    deps: bytes = NO_DEPS
    check: StateCheck | None = None
    stored_result: bytes | None = None
    result: Any = None
    seen: set[bytes] | None = None
    open: int = 0
    ok: bool = True
    stale: bool = False
    complete: bool = False
    flagged: bool = False
    slot: int = 0
    lends: bool = False
    wanting: deque[Any] | None = None
    plan: Plan | None = None
    head: bytes | None = None
    error: BaseException | None = None
    propagated: BaseException | None = None
    unreadable: RecordError | None = None
    _calls: Calls | None = None
    _entries: dict[Ident, record.Entry] | None = None
    _future: asyncio.Future[None] | None = None
    _waiter: asyncio.Future[None] | None = None

    def __init__(
        self,
        run: Run,
        parent: Component | None,
        parts: tuple[StableKey, ...],
        key: bytes,
        data: bytes | None,
        processor: Processor,
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
    ) -> None:
        self.run = run
        self.parent = parent
        self.processor = processor
        self.collects: bool = parent is not None and (parent.collects or parent.processor.memo)
        self.parts = parts
        self.key = key
        self.record_key: bytes = ROOT_RECORD if parent is None else CHILD + parent.id + bounded(key)
        self.data = data
        self.is_new = data is None
        self.name = processor.name
        self.args = processor.args + args
        self.kwargs = kwargs
        self.board: CountBoard = run.board
        self.frame = Frame()
        self.declared: dict[Ident, Declared] = {}
        self.carried: set[Ident] = set()
        if data is None:
            self.id = run.facts.new_id().to_bytes(8, "big")
        else:
            self._read_header(data)

    def _read_header(self, data: bytes) -> None:
        try:
            header = record.header_of(data, self)
        except RecordError as exc:
            self.unreadable = exc
        else:
            self.flags = header.flags
            self.id = header.id

    # What user code sees of it

    @property
    def env(self) -> Environment:
        return self.run.env

    @property
    def stable_path(self) -> StablePath:
        parts: list[StableKey] = []
        at: Component | None = self
        while at is not None:
            parts[:0] = at.parts
            at = at.parent
        return StablePath.from_parts(tuple(parts))

    def __str__(self) -> str:
        return str(self.stable_path)

    @property
    def calls(self) -> Calls:
        if self._calls is None:
            self._calls = Calls(self)
        return self._calls

    def declare(
        self, state: TargetState[Any], frame: Frame, child: TargetStateProvider[Any, Any, Any] | None = None
    ) -> None:
        """Note a target state, with the pending provider of its children, where it is to have any."""
        provider = state.provider
        if provider.resolved_handler is None:
            provider.handler()
        providers = self.run.providers
        row = providers.rows.get(provider) or providers.row(provider)
        key = state.encoded_key
        ident = row.prefix + (key if len(key) <= LONGEST else bounded(key))
        if ident in self.declared or ident in self.carried:
            raise TargetStateError(
                f"the target state {state.path} was declared twice in component {self.stable_path}; "
                "declare each once, or give the second one another key"
            )
        self.declared[ident] = (state, row, child)
        frame.providers.add(row.dependency)
        if frame.states is not None:
            frame.states.append(ident)

    @property
    def made_calls(self) -> bool:
        """Whether this run made memoized calls."""
        return self._calls is not None

    @property
    def may_be_memoized(self) -> bool:
        """Whether the next update may skip it: everything it stands for is complete and certain."""
        assert self.plan is not None
        return self.processor.memo and self.ok and not self.stale and not self.plan.uncertain

    def carry(self, idents: list[Ident]) -> None:
        """Keep what a memoized call declared in an earlier run."""
        self.carried.update(ident for ident in idents if ident not in self.declared)

    def can_carry(self, idents: list[Ident]) -> bool:
        """Whether it is known that these target states are applied, and still this component's."""
        if not idents:
            return True
        if self._entries is None:
            self._entries = {} if self.data is None else entries.load(self.run.reading(), self.data, self)
        return all(
            (entry := self._entries.get(ident)) is not None
            and entry.certain
            and self.run.store.get(ident) == self.record_key
            for ident in idents
        )

    def dependencies_valid(self, deps: bytes) -> bool:
        return self.run.deps.valid(deps)

    def dependencies(self, deps: bytes) -> Deps:
        return self.run.deps.flattened(deps)

    def intern(self, frame: Frame) -> bytes:
        return self.run.deps.intern(frame)

    def change_fingerprint(self, name: str) -> bytes | None:
        """What identifies the value of a change-detected context key in this update."""
        return self.run.context_states.change_fingerprint(name)

    # Its children

    def claim(self, key: bytes, parts: tuple[StableKey, ...]) -> None:
        """Take note that a child is mounted; once for each path."""
        mark = mark_of(bounded(key))
        if self.seen is None:
            self.seen = set()
        if mark in self.seen:
            path = self.stable_path
            for part in parts:
                path = path / part
            raise PathExistsError(
                f"two components were mounted at {path}; give each a path of its own, such as "
                "coco.component_subpath(<what distinguishes it>)"
            )
        self.seen.add(mark)

    def has_stale_children(self) -> bool:
        """Whether a child of an earlier run was not mounted in this one."""
        return bool(self.flags & CHILDREN) and bool(stale_children(self, limit=1))

    async def children_done(self) -> None:
        """Wait until all children are complete, with all that is below them."""
        if self.open:
            self._waiter = asyncio.get_running_loop().create_future()
            await self._waiter

    def child_complete(self, child: Component) -> None:
        self.open -= 1
        if not child.ok:
            self.ok = False
        if child.deps != NO_DEPS:
            self.frame.nested.add(child.deps)
        if self.open == 0 and self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    # Its run

    def scope(self) -> Scope:
        function = self.processor.function
        frame = self.frame
        if function is not None:
            if function.tracking is not None:
                self.frame.logic.add(function.fingerprint)
            if function.tracking != "full":
                frame = self.frame_of_body()
        return Scope(self, frame, (), self.run.handlers, self.board)

    def frame_of_body(self) -> Frame:
        """A frame that hands on what is read of the context, but not the functions that are called."""
        body = Frame()
        body.context = self.frame.context
        body.providers = self.frame.providers
        return body

    async def ran(self) -> None:
        """The body has returned: wait for the children, then hand over to the committer."""
        await self.children_done()
        self.processed()

    def processed(self) -> None:
        """Everything that can fail before the first action: the result's encoding and the dependencies."""
        if type(self.result) is CoroutineType:
            raise self._refuse_coroutine()
        if self.unawaited:
            raise self._refuse_unawaited(*self.unawaited.values())
        if self.processor.memo or self.collects:
            self.deps = self.run.deps.intern(self.frame)
        if self.processor.memo and self.ok:
            self.stored_result = None if self.result is None else self._encode_result()
        if self._calls is not None:
            self._calls.close_states()
        self.stale = self.has_stale_children()
        self.run.committer.add(self)

    def _refuse_unawaited(self, call: str, *more: str) -> MountError:
        others = f", nor {len(more)} calls more" if more else ""
        return MountError(
            f"{self.name} in component {self.stable_path} called {call} and did not await it{others}, so that it did "
            f"nothing; write `await {call.removesuffix(')')}...)`, in an async function"
        )

    def _refuse_coroutine(self) -> MountTypeError:
        name = self.result.__qualname__
        self.result.close()
        return MountTypeError(
            f"{self.name} in component {self.stable_path} returned the coroutine {name}(), of which nothing ran, as "
            "nobody has awaited it; make it an `async def` that awaits it"
        )

    def _encode_result(self) -> bytes:
        try:
            return serialize(self.result)
        except SerializationError as error:
            raise error.of(f"the result of {self.name} in component {self.stable_path}, which is memoized,") from error

    # Its commitment

    @property
    def states(self) -> int:
        return len(self.declared)

    def prepare(self, batch: Batch, planner: Planner) -> Plan:
        if self.data is not None or self.flagged:
            self.data = batch.get(self.record_key)
            self.flags = 0 if self.data is None else record.header_of(self.data, self).flags
        return planner.plan(self.record_key, self.data, self.declared, self.carried, self)

    def promise(self, batch: Batch) -> None:
        promise(self, batch)

    def fulfil(self, batch: Batch) -> None:
        fulfil(self, batch)

    def finish(self, error: BaseException | None) -> None:
        if error is None:
            for _, _, child in self.declared.values():
                if child is not None and child.is_resolved():
                    self.run.providers.resolved(child)
            if self.stale:
                self.run.spawn(sweep(self))
                return
            self.count()
        self.settle(error)

    def count(self) -> None:
        counts = self.board.of(self.name)
        if self.is_new:
            counts.adds += 1
        else:
            counts.reprocesses += 1

    def settle(self, error: BaseException | None) -> None:
        """It is over; a background failure goes to the exception handlers first."""
        if error is None:
            self.finalize(None)
            return
        self.error = error
        self.ok = False
        self.deps = NO_DEPS
        self.board.of(self.name).errors += 1
        self.board.changed()
        if self.background:
            self.run.spawn(self.run.report(self, error))
        else:
            note_component(error, self.stable_path, self.name)
            self.finalize(error)

    def finalize(self, propagated: BaseException | None) -> None:
        self.propagated = propagated
        self.complete = True
        if self.group is not None:
            self.group.child_complete(propagated)
        if self._future is not None and not self._future.done():
            self._future.set_result(None)
        if self.parent is not None:
            self.parent.child_complete(self)
        # What only the run needed must not live as long as a handle to it.
        self.args, self.kwargs, self.declared, self.plan = (), {}, {}, None

    async def wait(self) -> None:
        """Wait until it is complete; raises nothing."""
        if not self.complete:
            if self._future is None:
                self._future = asyncio.get_running_loop().create_future()
            await asyncio.shield(self._future)

    def failure_context(self, kind: MountKind | None = None) -> ExceptionContext:
        return ExceptionContext(
            env_name=self.run.env.name,
            stable_path=str(self.stable_path),
            processor_name=self.name,
            mount_kind=kind or self.kind,
            parent_stable_path=None if self.parent is None else str(self.parent.stable_path),
        )

    def long_path(self) -> bytes | None:
        return self.key if is_bounded(self.key) else None
