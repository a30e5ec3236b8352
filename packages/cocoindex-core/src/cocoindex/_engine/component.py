"""One run of one component: whether it may be skipped, what it declares, how it is committed. Layer: _engine."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from typing import TYPE_CHECKING, Any

from .._function.memo_state import StateCheck, ask, decode_states, needs_await, settle
from .._function.memo_state import check_async as check_states
from .._keys import StableKey, StablePath
from .._runtime.failure import ExceptionContext, ExceptionHandler, MountKind
from .._runtime.scope import Frame, Scope
from .._target.state import TargetState, TargetStateProvider
from .._values import StateRef, deserialize, serialize
from ..errors import DeserializationError, MemoStateError, PathExistsError, TargetStateError
from . import entries, record
from .calls import Calls
from .entries import Ident
from .keyspace import CHILD, INDEX, ROOT_RECORD, bounded, is_bounded, owner_key
from .memo_chain import forget_ancestors_memo
from .plan import Declared, Plan, Planner
from .record import CHILDREN, MEMO, NO_HASH, Head
from .sweep import mark_of, stale_children, sweep

if TYPE_CHECKING:
    from .._function.processor import Processor
    from .._runtime.counts import CountBoard
    from .._runtime.environment import Environment
    from .._values import MemoStateOutcome
    from .batch import Batch
    from .deps import Deps
    from .run import Run

logger = logging.getLogger("cocoindex")


class Component:
    """A component in one run; the engine makes one only where the component may have to run."""

    __slots__ = (
        "_calls",
        "_entries",
        "_future",
        "_waiter",
        "arg_key",
        "args",
        "background",
        "board",
        "carried",
        "check",
        "collects",
        "complete",
        "data",
        "declared",
        "deps",
        "error",
        "flagged",
        "flags",
        "frame",
        "group",
        "handlers",
        "id",
        "is_new",
        "key",
        "kind",
        "kwargs",
        "lends",
        "name",
        "ok",
        "open",
        "parent",
        "parts",
        "plan",
        "processor",
        "propagated",
        "record_key",
        "result",
        "run",
        "seen",
        "slot",
        "stale",
        "stored_result",
        "wanting",
    )  # fmt: skip

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
        self.id: bytes
        self.collects: bool = parent is not None and (parent.collects or parent.processor.memo)
        self.parts = parts
        self.key = key
        self.record_key = ROOT_RECORD if parent is None else CHILD + parent.id + bounded(key)
        self.data = data
        self.is_new = data is None
        self.name = processor.name
        self.args = processor.args + args
        self.kwargs = kwargs
        self.handlers: tuple[ExceptionHandler, ...] = ()
        self.board: CountBoard = run.board
        self.kind: MountKind = "mount"
        self.background = True
        self.group: Any = None
        self.frame = Frame()
        self.declared: dict[Ident, Declared] = {}
        self.carried: set[Ident] = set()
        self.arg_key = NO_HASH
        self.deps = NO_HASH
        self.check: StateCheck | None = None
        self.stored_result: bytes | None = None
        self.result: Any = None
        self.seen: set[bytes] | None = None
        self.open = 0
        self.ok = True
        self.stale = False
        self.complete = False
        self.flagged = False
        self.slot = 0
        self.lends = False
        self.wanting: deque[Any] | None = None
        self.plan: Plan | None = None
        self.error: BaseException | None = None
        self.propagated: BaseException | None = None
        self._calls: Calls | None = None
        self._entries: dict[Ident, record.Entry] | None = None
        self._future: asyncio.Future[None] | None = None
        self._waiter: asyncio.Future[None] | None = None
        if data is None:
            self.flags = 0
            self.id = run.facts.new_id().to_bytes(8, "big")
        else:
            header = record.header_of(data, self)
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

    def declare(self, state: TargetState[Any], frame: Frame, *, with_child: bool) -> Any:
        """Note a target state; returns the pending provider of its children, where it is to have any."""
        provider = state.provider
        provider.handler()
        row = self.run.providers.row(provider)
        ident = (row.id, state.encoded_key)
        if ident in self.declared or ident in self.carried:
            raise TargetStateError(
                f"the target state {state.path} was declared twice in component {self.stable_path}; "
                "declare each once, or give the second one another key"
            )
        child: TargetStateProvider[Any, Any, Any] | None = None
        if with_child:
            child = TargetStateProvider(provider, state.key, None)
        self.declared[ident] = Declared(state, row, child)
        frame.providers.add((row.id, row.generation))
        if frame.states is not None:
            frame.states.append(ident)
        return child

    def carry(self, idents: list[Ident]) -> None:
        """Keep what a memoized call declared in an earlier run."""
        for ident in idents:
            ident = (ident[0], ident[1])
            if ident not in self.declared:
                self.carried.add(ident)

    def can_carry(self, idents: list[Ident]) -> bool:
        """Whether it is known that these target states are applied, and still this component's."""
        if not idents:
            return True
        if self._entries is None:
            self._entries = entries.load(self.run.reading(), self.data, self)
        return all(
            (entry := self._entries.get((provider, key))) is not None
            and entry.certain
            and self.run.store.get(owner_key(provider, key)) == self.record_key
            for provider, key in idents
        )

    def dependencies_valid(self, deps: bytes) -> bool:
        return self.run.deps.valid(deps)

    def dependencies(self, deps: bytes) -> Deps:
        return self.run.deps.flattened(deps)

    def intern(self, frame: Frame) -> bytes:
        return self.run.deps.intern(frame)

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
        if child.deps != NO_HASH:
            self.frame.nested.add(child.deps)
        if self.open == 0 and self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    # Its memo

    def take_arg_key(self) -> list[StateRef]:
        """Compute the memo key of the arguments; returns their state functions."""
        refs: list[StateRef] = []
        function = self.processor.function
        assert function is not None
        self.arg_key = function.memo_args.key(self.args, self.kwargs, refs)
        return refs

    async def may_skip(self) -> bool:
        """Whether the earlier run's results hold; takes the memo states, before the body runs."""
        if not self.processor.memo:
            return False
        refs = self.take_arg_key()
        return await self.check_memo(refs)

    async def check_memo(self, refs: list[StateRef]) -> bool:
        known = self.run.memo_fits(self.data, self.arg_key)
        head = record.head_of(self.data, self) if self.data is not None and known else None
        previous = decode_states(refs, head.states if head is not None else None)
        answers: list[MemoStateOutcome] = ask(refs, previous)
        if needs_await(answers):
            self.check = await check_states(refs, previous)
        else:
            self.check = settle(refs, answers, previous)
        return self.take_memo(head)

    def take_memo(self, head: Head | None) -> bool:
        """Use the memo where it is valid: its result, its dependencies, and its states if they changed."""
        assert self.check is not None
        if self.check.recollect and not self.check.valid:
            raise MemoStateError(
                f"a memo state of component {self.stable_path} asks for recollect_after_run, which is for memoized "
                "functions that are called, not for components"
            )
        if head is None or not self.check.valid:
            return False
        if head.result is not None:
            function = self.processor.function
            assert function is not None
            try:
                self.result = deserialize(head.result, function.return_hint)
            except DeserializationError as exc:
                logger.warning("the memoized result of %s cannot be read, running it again: %s", self, exc)
                return False
        assert self.data is not None
        self.deps = record.header_of(self.data, self).deps
        return True

    # Its run

    def scope(self) -> Scope:
        function = self.processor.function
        frame = self.frame
        if function is not None:
            if function.tracking is not None:
                self.frame.logic.add(function.fingerprint)
            if function.tracking != "full":
                frame = self.frame_of_body()
        return Scope(self, frame, (), self.handlers, self.board)

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
        if self.processor.memo or self.collects:
            self.deps = self.run.deps.intern(self.frame)
        if self.processor.memo and self.ok:
            self.stored_result = None if self.result is None else serialize(self.result)
        self.stale = self.has_stale_children()
        self.run.committer.add(self)

    # Its commitment

    def prepare(self, batch: Batch, planner: Planner) -> Plan:
        if self.data is not None or self.flagged:
            self.data = batch.get(self.record_key)
            self.flags = 0 if self.data is None else record.header_of(self.data, self).flags
        return planner.plan(self.record_key, self.data, self.declared, self.carried, self)

    def promise(self, batch: Batch) -> None:
        assert self.plan is not None
        self.expect_children_of_ancestors(batch)
        self._take_from_owners(batch)
        for step in self.plan.steps:
            batch.put(owner_key(*step.ident), self.record_key)
        self._write(batch, self.flags & ~MEMO, self.plan.before(), NO_HASH, NO_HASH)

    def fulfil(self, batch: Batch) -> None:
        assert self.plan is not None
        if not self.plan.steps:
            self.expect_children_of_ancestors(batch)
            self._take_from_owners(batch)
        self._settle_containers(batch)
        for step in self.plan.steps:
            if step.after is None:
                batch.delete(owner_key(*step.ident))
        flags = self.flags
        if self.processor.memo and self.ok and not self.stale and not self.plan.uncertain:
            flags |= MEMO
        else:
            flags &= ~MEMO
        if self._calls is not None or flags & record.CALLS:
            flags = self.calls.write(batch, flags)
        self._write(batch, flags, self.plan.after(), self.arg_key, self.deps)

    def finish(self, error: BaseException | None) -> None:
        if error is None:
            for item in self.declared.values():
                if item.child is not None and item.child.is_resolved():
                    self.run.providers.resolved(item.child)
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
        self.deps = NO_HASH
        self.board.of(self.name).errors += 1
        if self.background:
            self.run.spawn(self.run.report(self, error))
        else:
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

    def expect_children_of_ancestors(self, batch: Batch) -> None:
        """Have every ancestor's record say that it has children, and that it must run again if it is interrupted."""
        at = self.parent
        while at is not None and not at.flagged:
            at.flagged = True
            data = batch.get(at.record_key)
            if not at.flags & CHILDREN:
                batch.put(INDEX + at.id, at.record_key)
            if data is None:
                head = Head(at.run.facts.name_id(at.name), path=at.long_path())
                batch.put(at.record_key, record.encode(CHILDREN, at.id, NO_HASH, NO_HASH, head, []))
            else:
                flags = record.header_of(data, at).flags
                batch.put(at.record_key, record.with_flags(data, (flags | CHILDREN) & ~MEMO))
            at.flags |= CHILDREN
            at = at.parent

    def long_path(self) -> bytes | None:
        return self.key if is_bounded(self.key) else None

    def _take_from_owners(self, batch: Batch) -> None:
        """Become the owner of what another component owned."""
        assert self.plan is not None
        for owner, idents in self.plan.adopted.items():
            data = batch.get(owner)
            if data is not None:
                rest, _ = entries.take(batch, data, idents, self)
                batch.put(owner, rest)
                forget_ancestors_memo(batch, owner)
            for ident in idents:
                batch.put(owner_key(*ident), self.record_key)

    def _settle_containers(self, batch: Batch) -> None:
        assert self.plan is not None
        for step in self.plan.steps:
            if step.after is None:
                if step.before.container:
                    self.run.providers.discard(*step.ident, batch)
            elif step.child is not None and step.outcome.invalidation == "destructive":
                self.run.providers.replace(step.child, batch)
            elif step.child is not None and step.outcome.invalidation == "lossy":
                self.run.providers.weaken(step.child, batch)

    def _write(self, batch: Batch, flags: int, now: dict[Ident, record.Entry], arg_key: bytes, deps: bytes) -> None:
        assert self.plan is not None
        changed = [step.ident for step in self.plan.steps] + self.plan.gone
        for idents in self.plan.adopted.values():
            changed += idents
        flags = entries.place(batch, self.id, flags, now, changed)
        inline = [] if flags & record.STATES_APART else list(now.values())
        states = self.check.stored() if flags & MEMO and self.check is not None and self.check.states else None
        result = self.stored_result if flags & MEMO else None
        head = Head(self.run.facts.name_id(self.name), states, result, self.long_path())
        if not flags & MEMO:
            arg_key = deps = NO_HASH
        data = record.encode(flags, self.id, arg_key, deps, head, inline)
        self.flags = flags
        if data != self.data:
            batch.put(self.record_key, data)
            self.data = data
