"""One update or drop of one app: what its components share. Layer: _engine."""

from __future__ import annotations

import asyncio
import contextvars
import threading
from collections.abc import AsyncGenerator, Coroutine
from typing import TYPE_CHECKING, Any

from .._described import described
from .._runtime.block import async_block
from .._runtime.counts import CountBoard
from .._runtime.deadline import within
from .._runtime.failure import ExceptionContext, ExceptionHandler, handle_failure
from .._runtime.garbage import collecting_less
from .._runtime.left import cancelled
from .._runtime.scope import _scope
from .._runtime.sync_pool import SyncPool
from .._runtime.underway import Underway, current_underway
from ..errors import DropError, UpdateCancelledError
from . import record
from .apply import apply
from .batch import Batch
from .collect_deps import collect_deps
from .committer import Apply, Committer
from .component import Component
from .context_states import ContextStates
from .deps import DepsTable
from .facts import Facts
from .keyspace import ROOT_RECORD
from .memo_check import may_skip
from .providers import ProviderTable
from .record import MEMO
from .scheduler import Scheduler
from .sweep import MemoMark, Removal, Sweep, forget_dropped, remove

if TYPE_CHECKING:
    from .._function.processor import Processor
    from .._runtime.environment import Environment
    from .._store import AppStore


class Run:
    """What the components of one update share."""

    def __init__(
        self,
        env: Environment,
        store: AppStore,
        *,
        limit: int,
        board: CountBoard,
        full_reprocess: bool = False,
        apply: Apply = apply,
    ) -> None:
        self.env = env
        self.store = store
        self.board = board
        # Of mounts outside any `exception_handler` block; such a block counts for the mounts inside it only.
        self.handlers = () if env.exception_handler is None else (env.exception_handler,)
        self.loop = asyncio.get_running_loop()
        self.facts = Facts(store)
        # After a drop that was interrupted anything may be missing.
        self.full_reprocess = full_reprocess or self.facts.is_dropping()
        self.context_states = ContextStates(self.facts, env.context_provider)
        self.deps = DepsTable(self.facts, self.context_states)
        self.providers = ProviderTable(self.facts, self.deps)
        self.committer = Committer(
            store,
            self.facts,
            self.providers,
            env.context_provider,
            full=self.full_reprocess,
            after_round=board.changed,
            apply=apply,
            on_broken=self._break,
        )
        self.scheduler = Scheduler(limit, self.run_component)
        self.sync_pool = SyncPool(self.loop, limit, current_underway() or Underway())
        self.postponed: list[Removal] = []
        self._context = contextvars.copy_context()
        self._tasks: set[asyncio.Task[Any]] = set()
        self._main = asyncio.current_task()
        self._broken: Exception | None = None

    # The whole

    @property
    def stopping(self) -> bool:
        """Whether the run was cancelled and takes nothing new."""
        return self.committer.stopping

    async def update(
        self, main: Processor, args: tuple[Any, ...], kwargs: dict[str, Any], *, deadline: float | None = None
    ) -> Any:
        """Run the app's main function and everything that it mounts; returns its result, raises its failure.

        Args:
            deadline: when the main function's time is over, in seconds of `time.monotonic()`.
        """
        async with self._in_order():
            return await self._update(main, args, kwargs, deadline)

    async def drop(self) -> None:
        """Remove everything that the app's components declared, then all that is stored of it.

        Raises:
            DropError: something could not be removed; its records are kept.
        """
        self.facts.mark_dropping()
        work = Sweep(self, self.board, None, dropping=True)
        root = self.store.get(ROOT_RECORD)
        async with self._in_order():
            if root is not None:
                await remove(work, None, None, ROOT_RECORD, root)
            await work.quiet()
            await self._finish_postponed()
        if work.errors:
            forget_dropped(work)
            raise _drop_error(work.errors)
        self.store.clear()

    async def _update(
        self, main: Processor, args: tuple[Any, ...], kwargs: dict[str, Any], deadline: float | None
    ) -> Any:
        await self.context_states.ask(full=self.full_reprocess)
        data = self.store.get(ROOT_RECORD)
        root = Component(self, None, (), b"", data, main, args, kwargs)
        root.background = False
        root.deadline = deadline
        root.handlers = self.handlers
        self.board.of(root.name).starts += 1
        if await may_skip(root):
            self.settle_skipped(root)
        else:
            self.start(root)
        await root.wait()
        await self._finish_postponed()
        if isinstance(root.error, asyncio.CancelledError):
            # Nobody cancelled the update: out of it, it would look as if somebody had.
            raise UpdateCancelledError("the main function, or a child that it needs, cancelled itself") from root.error
        if root.error is not None:
            raise root.error
        batch = Batch(self.store)
        self.facts.write(batch)
        self.facts.clear_dropping(batch)
        collect_deps(self.store, self.facts, self.deps, batch, anyway=self.full_reprocess)
        batch.commit()
        return root.result

    async def _finish_postponed(self) -> None:
        """Remove what waited for its container to be removed; what is left then cannot be."""
        while self.postponed:
            waiting, self.postponed = self.postponed, []
            sweeps = list({id(r.sweep): r.sweep for r in waiting}.values())
            for removal in waiting:
                removal.final = True
                removal.submit()
            for sweep in sweeps:
                await sweep.quiet()

    @async_block
    async def _in_order(self) -> AsyncGenerator[None, None]:
        """Collect garbage less often while many objects are built, leave in order when cancelled, and tidy up."""
        try:
            with collecting_less():
                yield
        except asyncio.CancelledError:
            await self._leave_in_order()
            if self._broken is not None and self._main is not None and self._main.uncancel() == 0:
                raise self._broken from None
            raise
        finally:
            self.sync_pool.close()
            self.board.end()

    def _break(self, error: Exception) -> None:
        """Give up: the store cannot be read or written. The update or drop raises `error`."""
        self._broken = error
        if self._main is not None:
            self._main.cancel()

    async def _leave_in_order(self) -> None:
        """Take nothing new, let the sinks that are under way return, commit what they applied."""
        self.committer.stop()
        self.sync_pool.abandon()  # whoever has the app's lock waits for those that run
        await self.scheduler.cancel()
        await self.committer.drained()
        await cancelled(self._tasks)

    # Its components

    def start(self, component: Component) -> None:
        """Have a component run that needs no waiting for a slot: the root."""
        self.scheduler.take(component)
        self.dispatch(component)

    def dispatch(self, component: Component) -> None:
        """Have a component run that has a slot: async ones by a worker, sync ones in a thread."""
        if component.unreadable is not None:
            self._ended(component, component.unreadable)
            return
        if component.processor.is_async:
            self.scheduler.enqueue(component)
            return
        context = self._context.copy()
        try:
            scope = component.scope()
        except Exception as exc:
            self._ended(component, exc)
            return
        context.run(_scope.set, scope)
        self.sync_pool.submit(
            context,
            lambda: _run_sync(component),
            lambda result, error: self._returned(component, result, error),
            lambda: f"component {component}",
        )

    async def run_component(self, component: Component) -> None:
        """What a worker does with one component: the body, then its children, then the hand-over."""
        try:
            token = _scope.set(component.scope())
            try:
                if component.deadline is None:
                    component.result = await component.processor.body(*component.args, **component.kwargs)
                else:
                    component.result = await _run_async(component, component.deadline)
            finally:
                _scope.reset(token)
            await component.ran()
        except asyncio.CancelledError as exc:
            if self.committer.stopping:
                raise
            await component.children_done()
            self._ended(component, exc)
        except BaseException as exc:
            if not _is_failure(exc):
                raise
            await component.children_done()
            self._ended(component, exc)
        else:
            self.scheduler.release(component)

    def settle_skipped(self, component: Component) -> None:
        """An earlier run's results hold: count it, and write its memo states where they changed."""
        component.board.of(component.name).unchanged += 1
        if component.check is not None and component.check.changed:
            data = component.data
            assert data is not None
            component.stored_result = record.head_of(data, component).result
            self.committer.add(StatesMark(component))
        else:
            component.finalize(None)

    def memo_fits(self, data: bytes | None, arg_key: bytes) -> bool:
        """Whether a record's memo is for these arguments and depends on nothing that has changed since."""
        return (
            data is not None
            and not self.full_reprocess
            and record.is_readable(data)
            and bool(data[1] & MEMO)
            and data[10:26] == arg_key
            and self.deps.valid(record.deps_of(data))
        )

    def reading(self) -> Batch:
        """A view of the store to read from."""
        return Batch(self.store)

    def spawn(self, work: Coroutine[Any, Any, Any]) -> None:
        """Do `work` in a task that ends with the run."""
        task = self.loop.create_task(work, context=self._context.copy())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def report(self, component: Component, error: BaseException) -> None:
        """Tell the exception handlers of a background failure; it is complete once they know."""
        component.finalize(await self.tell(error, component.failure_context(), component.handlers))

    async def tell(
        self, error: BaseException, context: ExceptionContext, handlers: tuple[ExceptionHandler, ...]
    ) -> BaseException | None:
        """Tell `handlers`; returns what leaves the outermost of them."""
        return await handle_failure(error, context, handlers)

    def _returned(self, component: Component, result: Any, error: BaseException | None) -> None:
        """A sync component came back from its thread; nobody waits for it where the run was cancelled."""
        if self.stopping:
            return
        if error is None:
            component.result = result
            try:
                component.processed()
            except Exception as exc:
                error = exc
            else:
                self.scheduler.release(component)
                return
        self._ended(component, error)

    def _ended(self, component: Component, error: BaseException) -> None:
        self.scheduler.release(component)
        component.settle(error)


class StatesMark(MemoMark):
    """Writes changed memo states of a component that was skipped; it stays counted as unchanged."""

    __slots__ = ()

    def finish(self, error: BaseException | None) -> None:
        self._component.settle(error)


def _is_failure(exc: BaseException) -> bool:
    """Whether it is the component's own: also a `sys.exit()`, which must not end the loop, but no Ctrl-C."""
    return isinstance(exc, Exception | SystemExit) or (
        isinstance(exc, KeyboardInterrupt) and threading.current_thread() is not threading.main_thread()
    )


def _run_sync(component: Component) -> Any:
    """Run the body of a sync component, in its thread."""
    body = component.processor.body
    if component.deadline is None:
        return body(*component.args, **component.kwargs)
    with within(component.deadline, f"component {component}"):
        return body(*component.args, **component.kwargs)


async def _run_async(component: Component, deadline: float) -> Any:
    """Run the body of an async component whose caller waits for it, under that caller's deadline."""
    with within(deadline, f"component {component}"):
        return await component.processor.body(*component.args, **component.kwargs)


def _drop_error(errors: list[tuple[Removal, BaseException]]) -> DropError:
    shown = "; ".join(f"{path}: {described(exc)}" for path, exc in errors[:5])
    more = f"; and {len(errors) - 5} more" if len(errors) > 5 else ""
    error = DropError(
        f"{len(errors)} of the app's components could not be removed ({shown}{more}). Their records are kept: "
        "mend the cause and drop again"
    )
    error.__cause__ = errors[0][1]
    return error
