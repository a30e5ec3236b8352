"""Live components: their mount, the calls of `process_live`, and the runs of `process`. Layer: _live."""

from __future__ import annotations

from collections.abc import Callable, Collection
from inspect import isawaitable
from typing import TYPE_CHECKING, Any, cast

from .._engine import record
from .._engine.anchor import Anchor, AnchorRecord, anchor_of
from .._engine.component import Component
from .._engine.keyspace import CHILD, bounded
from .._engine.mount_call import MountCall
from .._engine.record import CHILDREN
from .._function.processor import Processor, default_part, processor_of
from .._keys import StableKey, encode_parts
from .._runtime.mount_handle import ComponentMountHandle
from .._runtime.subpath import ComponentSubpath, checked_parts
from .._values import CallShape
from ..errors import FunctionArgumentError, MountTypeError, RecordError
from .enclosing import enclosing
from .gate import Gate
from .loop import Loop

if TYPE_CHECKING:
    from .._engine.outcome import Outcome
    from .._engine.roll import Lasting
    from .._runtime.counts import CountBoard
    from .._runtime.failure import ExceptionHandler
    from .mailbox import Call
    from .operator import Operator
    from .port import Work
    from .protocols import LiveComponent, LiveComponentOperator


class LiveMount(Loop):
    """One live component of an update: its children form a live range, and its `process` runs as a component in that
    range.

    Args:
        above: the anchor of its parent.
        kind: its class.
        args, kwargs: the arguments of the class.
        on_ready: called once it is ready, or failed before that.
    """

    def __init__(
        self,
        above: Anchor,
        parts: tuple[StableKey, ...],
        key: bytes,
        kind: type[LiveComponent],
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
        board: CountBoard,
        handlers: tuple[ExceptionHandler, ...],
        outer: Lasting | None,
        on_ready: Callable[[LiveMount], None],
    ) -> None:
        self._kind = kind
        self._args, self._kwargs = args, kwargs
        self._key = key
        self._on_ready = on_ready
        fn: Callable[..., Any] | None = getattr(kind, "__coco_process_fn__", None)
        self._fn_processor = None if fn is None else processor_of(fn, "coco.mount()")
        run = above.run
        name = kind.__qualname__ if self._fn_processor is None else self._fn_processor.name
        where = CHILD + above.record.id + bounded(key)
        data = run.store.get(where)
        self.unreadable: RecordError | None = None
        ident = id_of(data)
        if data is None:
            ident = run.facts.new_id().to_bytes(8, "big")
        place = AnchorRecord(
            where,
            ident or bytes(8),
            key,
            run.facts.name_id(name),
            above.record,
            announced=data is not None and bool(data[1] & CHILDREN) and above.record.announced,
        )
        anchor = Anchor(run, above, parts, name, place, children_under_memo=above.children_under_memo)
        super().__init__(anchor, f"the operator of the live component {anchor}", board, handlers, outer)
        if not ident:
            try:
                record.header_of(data or b"", anchor)
            except RecordError as exc:
                self.unreadable = exc
        self.instance: LiveComponent | None = None
        self._operator: Operator | None = None
        self._generation: Component | None = None
        self._has_run = False
        self._is_async = True
        self._gate = Gate()
        run.roll.add(self, above, anchor)

    # As a loop

    async def _once(self) -> None:
        if self.unreadable is not None:
            raise self.unreadable
        if self.instance is None:
            self.instance = self._kind(*self._args, **self._kwargs)
        from .operator import Operator  # its calls may mount live components, too

        self._operator = Operator(self)
        running: object = self.instance.process_live(cast("LiveComponentOperator", self._operator))
        if not isawaitable(running):
            self._is_async = False
            raise MountTypeError(f"process_live() of {self._kind.__qualname__} is not async; define it by async def")
        await running

    def _stop_calls(self) -> None:
        if self._operator is not None:
            self._operator.close()

    def _ready(self) -> None:
        self._on_ready(self)

    async def _fail(self, error: BaseException) -> None:
        self.outcome.fail(error)
        self._become_ready(await self.failures.tell(error))

    def _may_run_again(self) -> bool:
        return self.instance is not None and self._is_async

    async def _quiet(self) -> None:
        if self._generation is not None:
            await self._generation.outcome.wait()

    def under_way(self) -> Collection[object]:
        return {*super().under_way(), *([] if self._generation is None else [self._generation])}

    @property
    def below(self) -> bytes:
        return self.port.below

    def run_again(self) -> bool:
        if self._has_run:
            self.rescans.wanted()
        return self._has_run

    # Its runs of `process`

    @property
    def member(self) -> Lasting:
        return self

    async def update_full(self) -> None:
        """Run `process()` as a component, while nothing else of the range is running."""
        async with self._gate.alone():
            await self._settled()
            number, decided, ok = self.range.begin_full(), False, False
            try:
                await self.range.pause()
                self.display.rescanned()
                ended = await self._run_process()
                decided, ok = ended.error is None, not ended.broken
            finally:
                self.range.resume(decided=decided)
                self.range.end_full(number, ok=ok)
        if ended.propagated is not None:
            self.failures.was_told(ended.propagated)
            raise ended.propagated

    async def _run_process(self) -> Outcome:
        run = self.run
        self.rescans.begin()
        if run.is_ready:
            run.deps.forget()
        await run.roll.retire_mounted_by(self.anchor.record.id)
        self.range.refuse_ended()
        self._has_run = True
        self._generation = component = self._component()
        ended = component.outcome
        await self.port.start(component)
        await ended.wait()
        if ended.ok:
            self.rescans.went_well()
        elif run.live:
            self.rescans.wanted()
        return ended

    async def _rescan(self) -> None:
        await self.update_full()

    def _component(self) -> Component:
        assert self.instance is not None
        above = self.anchor.parent
        assert above is not None
        if self._fn_processor is None:
            processor, args, kwargs = Processor(self.instance.process, "coco.mount()"), (), {}
            processor.name, processor.memo = self.anchor.name, False
        else:
            processor, args, kwargs = self._fn_processor, self._args, self._kwargs
        call = MountCall(
            self.run,
            above,
            processor,
            kwargs,
            board=self.board,
            handlers=self.handlers,
            kind="process_live",
            told=self,
        )
        call.under_memo |= self.has_cursors
        component = Component(call, self.anchor.parts, self._key, self.run.store.get(self.anchor.record.key), args)
        if component.record.is_new:
            component.record.id = self.anchor.record.id
        component.record.live = True
        component.record.ranges += (self.prefix,)
        return component

    async def overtakes(self, child: Component) -> bool:
        return False

    def ended(self, child: Component) -> None:
        """Called when a run of `process` is complete (see `Told`)."""
        self._generation = None
        if not child.outcome.ok and not self.outcome.complete:
            self.outcome.must_run_again()
        above = self.anchor.parent
        if above is not None:
            above.child_ended(ok=child.outcome.ok, deps=child.record.deps)
        if self.port.on_ran is not None:
            self.port.on_ran(child.record.deps)

    # Its incremental calls

    async def call(
        self, subpath: ComponentSubpath, work: Callable[[tuple[StableKey, ...], bytes], Work] | None
    ) -> Call:
        """Update or delete the child at a path; wait while a full update runs."""
        parts = checked_parts(subpath.parts)
        encoded = encode_parts(parts)
        key = bounded(encoded)
        async with self._gate.together():
            if self.run.committer.is_closed():
                await self.run.committer.room()
            await self.range.room(key)
            if work is None:
                return self.range.delete(key)
            return self.range.update(key, work(parts, encoded))


def mount_live_component(
    component: Component,
    parts: tuple[StableKey, ...] | None,
    prefix: tuple[StableKey, ...],
    kind: type[LiveComponent],
    args: tuple[Any, ...],
    kwargs: dict[str, Any],
    board: CountBoard,
    handlers: tuple[ExceptionHandler, ...],
) -> ComponentMountHandle:
    """Mount a live component as a child of the running component.

    Raises:
        As `coco.mount()`.
    """
    check_live(kind, args, kwargs, "coco.mount()")
    path = prefix + (checked_parts(parts) if parts is not None else (default_part(kind),))
    key = encode_parts(path)
    component.execution.claim(key, path)
    children = component.children
    children.expect()
    component.record.live = True

    def ready(mount: LiveMount) -> None:
        if not mount.outcome.ok:
            component.outcome.must_run_again()
        children.range_ready()

    mount = LiveMount(anchor_of(component), path, key, kind, args, kwargs, board, handlers, enclosing(component), ready)
    mount.begin()
    return ComponentMountHandle(mount.outcome)


def check_live(kind: type[Any], args: tuple[Any, ...], kwargs: dict[str, Any], what: str) -> None:
    """Raise FunctionArgumentError (a TypeError) if the class does not accept these arguments."""
    process_fn = getattr(kind, "__coco_process_fn__", None)
    if process_fn is not None:
        processor_of(process_fn, what).check(what, args, kwargs)
        return
    if kind.__init__ is object.__init__:
        why = "it takes none" if args or kwargs else None
    else:
        why = CallShape(kind.__init__).misfit((None, *args), kwargs)
    if why is not None:
        raise FunctionArgumentError(
            f"{what} cannot make a {kind.__qualname__} with the arguments given: {why}; they follow the class"
        )


def id_of(data: bytes | None) -> bytes:
    """Return the id in a record; None if it cannot be read."""
    return data[2:10] if data is not None and record.is_readable(data) else b""
