"""Apps: a name, a main function and its arguments, updated and dropped. Layer: _app."""

from __future__ import annotations

import itertools
from collections.abc import AsyncGenerator, Callable
from typing import TYPE_CHECKING, Any, Generic, Literal, ParamSpec, TypeVar, overload

import msgspec

from cocoindex._shown import masked, shown

from .._function.processor import processor_of
from .._progress.interval import checked_interval
from .._runtime.block import async_block
from .._runtime.blocking import run_blocking
from .._runtime.counts import CountBoard
from .._runtime.dataclass_fields import DataclassFields
from .._runtime.deadline import check_deadline, current_deadline
from .._runtime.default_env import lazy_default_env
from .._runtime.environment import Environment, on_loop_of, used
from .._runtime.lazy_environment import LazyEnvironment
from .._runtime.scope import _scope, detached
from .._runtime.settings import max_inflight_components
from ..errors import AppNotFoundError, EnvironmentArgumentError, SettingsError, UpdateInsideItselfError
from .handles import DropHandle, UpdateHandle
from .registry import register

if TYPE_CHECKING:
    from collections.abc import Coroutine
    from datetime import timedelta
    from typing import Self

    from .._engine.apply import Shares
    from .._engine.preview import Preview
    from .._engine.run import Run
    from .._engine.unit import Unit
    from .._runtime.context import ContextProvider
    from .._runtime.operation import Operation
    from .._runtime.turns import Turns
    from .._store.interface import AppStore
    from .._target.sink import TargetActionSink

P = ParamSpec("P")
R = TypeVar("R")


class AppConfig(msgspec.Struct, frozen=True):
    """An app's name, environment and limits.

    Args:
        name: unique in its environment; the app's records are stored under it.
        environment: where the app runs; by default the default environment.
        max_inflight_components: how many components run at once; None means the environment variable
            `COCOINDEX_MAX_INFLIGHT_COMPONENTS`, or 1024.
    """

    name: str
    environment: Environment | LazyEnvironment = lazy_default_env()
    max_inflight_components: int | None = None
    __dataclass_fields__ = DataclassFields()


class App(Generic[P, R]):
    """An app: brings its targets up to date with what its main function declares.

    Args:
        name_or_config: the app's name, or an `AppConfig`.
        main_fn: the root component's function, sync or async.
        args, kwargs: arguments of `main_fn`; not needed if the app is only dropped or inspected.

    Raises:
        AppExistsError: (a ValueError) the environment already has an app of this name.
        AppNameError, SettingsError: (ValueErrors) the name is empty or too long, or a number is out of range.
        EnvironmentArgumentError, MountTypeError: (TypeErrors) an argument has the wrong type.
    """

    @overload
    def __init__(
        self: App[P, R],
        name_or_config: str | AppConfig,
        main_fn: Callable[P, Coroutine[Any, Any, R]],
        /,
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> None: ...
    @overload
    def __init__(
        self: App[P, R], name_or_config: str | AppConfig, main_fn: Callable[P, R], /, *args: P.args, **kwargs: P.kwargs
    ) -> None: ...
    def __init__(
        self, name_or_config: str | AppConfig, main_fn: Callable[..., Any], /, *args: Any, **kwargs: Any
    ) -> None:
        config = AppConfig(name_or_config) if isinstance(name_or_config, str) else name_or_config
        _check_config(config)
        self._config = config
        self._main = processor_of(main_fn, "coco.App()")
        self._args = args
        self._kwargs = kwargs
        register(self)

    def __repr__(self) -> str:
        return masked(f"App({self.name!r})")

    @property
    def name(self) -> str:
        return self._config.name

    @property
    def environment(self) -> Environment | LazyEnvironment:
        """The environment that the app runs in."""
        return self._config.environment

    @overload
    def update(
        self,
        *,
        report_to_stdout: bool | timedelta = ...,
        full_reprocess: bool = ...,
        live: bool = ...,
        preview: Literal[False] = ...,
    ) -> UpdateHandle[R]: ...
    @overload
    def update(
        self,
        *,
        report_to_stdout: bool | timedelta = ...,
        full_reprocess: bool = ...,
        live: bool = ...,
        preview: Literal[True],
    ) -> UpdateHandle[list[Any]]: ...
    @overload
    def update(
        self,
        *,
        report_to_stdout: bool | timedelta = ...,
        full_reprocess: bool = ...,
        live: bool = ...,
        preview: bool = ...,
    ) -> UpdateHandle[Any]: ...
    def update(
        self,
        *,
        report_to_stdout: bool | timedelta = False,
        full_reprocess: bool = False,
        live: bool = False,
        preview: bool = False,
    ) -> UpdateHandle[Any]:
        """Bring the targets up to date with the sources. It starts when it is awaited.

        Args:
            report_to_stdout: print the progress; a timedelta sets the interval.
            full_reprocess: run every component and apply every target state, ignoring all memoized results.
            live: after catching up, keep applying changes until all live components have ended. The next update or drop
                of the app in this process ends it in order; it then returns its result. Cancelling cancels the update.
            preview: run what has to run, but apply nothing and store nothing.

        Returns:
            A handle. Awaiting it gives the result of the main function; with `preview`, the list of actions that an
            update would pass to the sinks, in the order of an update.

        Raises:
            EnvironmentArgumentError, FunctionArgumentError: (TypeErrors) an argument has the wrong type, `live` and
                `preview` are both given, or the main function cannot be called with the app's arguments.

        Raises, when awaited:
            UpdateCancelledError: (a RuntimeError) the app was dropped during the update.
            PreviewError: (a ValueError) with `preview`: the sink of a container has no `child_handler=`, so the actions
                for its contents are unknown.
        """
        checked_interval(report_to_stdout, "report_to_stdout=")
        self._check_update(full_reprocess=full_reprocess, live=live, preview=preview)
        deadline, app = current_deadline(), self._apart()
        return UpdateHandle(
            lambda board: app._update(board, report_to_stdout, full_reprocess, deadline, live, preview),
            f"update() of the app {self.name!r}",
        )

    @overload
    def update_blocking(
        self,
        *,
        report_to_stdout: bool | timedelta = ...,
        full_reprocess: bool = ...,
        live: bool = ...,
        preview: Literal[False] = ...,
    ) -> R: ...
    @overload
    def update_blocking(
        self,
        *,
        report_to_stdout: bool | timedelta = ...,
        full_reprocess: bool = ...,
        live: bool = ...,
        preview: Literal[True],
    ) -> list[Any]: ...
    @overload
    def update_blocking(
        self,
        *,
        report_to_stdout: bool | timedelta = ...,
        full_reprocess: bool = ...,
        live: bool = ...,
        preview: bool = ...,
    ) -> Any: ...
    def update_blocking(
        self,
        *,
        report_to_stdout: bool | timedelta = False,
        full_reprocess: bool = False,
        live: bool = False,
        preview: bool = False,
    ) -> Any:
        """Like `update`, from synchronous code.

        The first Ctrl-C lets running sinks finish; the second does not. In the main thread, unless the program has its
        own handler, SIGTERM works like Ctrl-C and then raises `SystemExit` (143).

        Raises:
            BlockingInLoopError: (a RuntimeError) an event loop is running in this thread.
        """
        checked_interval(report_to_stdout, "report_to_stdout=")
        self._check_update(full_reprocess=full_reprocess, live=live, preview=preview)
        app = self._apart()
        del self
        return run_blocking(
            app._update(CountBoard(), report_to_stdout, full_reprocess, current_deadline(), live, preview),
            blocking="app.update_blocking()",
            awaited="app.update()",
            terminable=True,
        )

    def drop(self, *, report_to_stdout: bool | timedelta = False) -> DropHandle:
        """Remove all target states of the app and its records in the store. It starts when it is awaited.

        Running and waiting updates and previews of the app in this environment are cancelled first and end in order:
        they raise `UpdateCancelledError`; a live update that is ready ends and returns its result. An update that
        begins later waits for the drop.

        Raises, when awaited:
            DropError: something could not be removed; its records are kept for the next drop.
        """
        checked_interval(report_to_stdout, "report_to_stdout=")
        app = self._apart()
        return DropHandle(lambda board: app._drop(board, report_to_stdout), f"drop() of the app {self.name!r}")

    def drop_blocking(self, *, report_to_stdout: bool | timedelta = False) -> None:
        """Like `drop`, from synchronous code. Ctrl-C and SIGTERM work as in `update_blocking`."""
        checked_interval(report_to_stdout, "report_to_stdout=")
        app = self._apart()
        del self
        run_blocking(
            app._drop(CountBoard(), report_to_stdout),
            blocking="app.drop_blocking()",
            awaited="app.drop()",
            terminable=True,
        )

    def _apart(self) -> Self:
        """Return a copy for the frames of an operation. Its exception, if kept, keeps them alive, and so would keep
        this app and its name."""
        copy = object.__new__(type(self))
        copy.__dict__.update(self.__dict__)
        return copy

    async def _update(
        self, board: CountBoard, report: bool | timedelta, full: bool, deadline: float | None, live: bool, preview: bool
    ) -> Any:

        async def work() -> Any:
            turns, operation = self._turns(env, "update")
            if preview:
                async with _reporting(board, report):
                    return await self._preview(env, board, full, deadline)
            async with (
                turns.update(operation),
                self._locked(env, operation, live=live),
                _reporting(board, report),
            ):
                store = env._opened_database().open_app(self.name)
                if not live:
                    run = self._run(env, store, board, full)
                    return await run.update(self._main, self._args, self._kwargs, deadline=deadline)
                from .going_on import GoingOn, going_on

                runs = itertools.count()
                update = GoingOn(lambda: self._run(env, store, board, full and not next(runs), goes_on=True))
                with going_on(turns, operation, update, store):
                    return await update.update(self._main, self._args, self._kwargs, deadline=deadline)

        # Only the main function has the caller's time limit: neither lifespan nor sinks nor background components.
        self._refuse_inside_itself("update")
        with detached():
            async with used(self._config.environment) as env:
                result = await on_loop_of(env, work)
        if not live:
            check_deadline(deadline, f"the end of the update of app {self.name!r}")
        return result

    async def _preview(self, env: Environment, board: CountBoard, full: bool, deadline: float | None) -> list[Any]:
        """Run an update without applying or writing anything; return the actions."""
        from .._engine.preview import Preview, scratch_store

        preview = Preview()
        async with env._turns_of(self.name).preview(_operating()):
            with env._stored() as database:
                run = self._run(env, scratch_store(database, self.name), board, full, preview)
                await run.update(self._main, self._args, self._kwargs, deadline=deadline)
        if preview.error is not None:
            raise preview.error
        return preview.actions

    async def _drop(self, board: CountBoard, report: bool | timedelta) -> None:

        async def work() -> None:
            turns, operation = self._turns(env, "drop")
            reason = f"the app {self.name!r} is being dropped, which cancelled this update; update it again after that"
            async with turns.drop(operation, reason):
                if not env._has_store():
                    return
                async with self._locked(env, operation), _reporting(board, report):
                    try:
                        store = env._opened_database().open_app(self.name, create=False)
                    except AppNotFoundError:
                        return
                    await self._run(env, store, board, False).drop()

        self._refuse_inside_itself("drop")
        with detached():
            async with used(self._config.environment) as env:
                await on_loop_of(env, work)

    def _check_update(self, **flags: object) -> None:
        for name, value in flags.items():
            if not isinstance(value, bool):
                raise EnvironmentArgumentError(f"{name}= of an update is True or False, not {shown(value)}")
        if flags["live"] and flags["preview"]:
            raise EnvironmentArgumentError(
                "preview=True and live=True cannot be combined, as a live update does not end; leave one of them out"
            )
        self._main.check(f"the app {self.name!r}", self._args, self._kwargs)

    def _refuse_inside_itself(self, what: str) -> None:
        """Raise if a component of this app would wait for itself."""
        scope = _scope.get()
        if scope is None or scope.component.app_name != self.name:
            return
        env = self._config.environment
        if scope.component.env is (env.started if isinstance(env, LazyEnvironment) else env):
            raise UpdateInsideItselfError(
                f"component {scope.component} of app {self.name!r} waits for {what}() of that app, which waits for "
                "the component; mount what has to run, or update another app"
            )

    def _turns(self, env: Environment, what: str) -> tuple[Turns, Operation[Any]]:
        """Return the turns of this app, and the operation that wants one.

        Raises:
            UpdateInsideItselfError: (a RuntimeError) it was called, through other apps or a sink, inside the operation
                that has the turn.
        """
        turns, operation = env._turns_of(self.name), _operating()
        if turns.is_inside(operation):
            raise UpdateInsideItselfError(
                f"{what}() of app {self.name!r} was called by a sink of that app, or by another app that one of its "
                "components waits for, so that it would wait for itself; call it when the update of the app has ended"
            )
        return turns, operation

    def _run(
        self,
        env: Environment,
        store: AppStore,
        board: CountBoard,
        full: bool,
        preview: Preview | None = None,
        *,
        goes_on: bool = False,
    ) -> Run:
        from .._engine.run import Run

        limit = max_inflight_components(self._config.max_inflight_components)
        how = self._apply if preview is None else preview.apply
        return Run(env, store, limit=limit, board=board, full_reprocess=full, apply=how, ends_board=not goes_on)

    async def _apply(
        self, context: ContextProvider, sink: TargetActionSink[Any], shares: Shares
    ) -> dict[Unit, BaseException]:
        """Apply the actions of one sink in a round; the testing kit interrupts updates here."""
        from .._engine.apply import apply

        return await apply(context, sink, shares)

    @async_block
    async def _locked(
        self, env: Environment, operation: Operation[Any], *, live: bool = False
    ) -> AsyncGenerator[None, None]:
        """Hold the app's lock for the block, and until nothing of it is under way; raise if another process has it.

        If its loop ends before that, the last returning thread releases the lock.
        """
        lock = env._opened_database().lock_app(self.name, live=live)
        try:
            yield
            await operation.returned()
        except BaseException:
            operation.underway.when_idle(lock.release)
            raise
        with lock:  # which checks that the store is still the one that was written
            pass


def _operating() -> Operation[Any]:
    """Return the operation of the running code."""
    from .._runtime.operation import current_operation

    operation = current_operation()
    assert operation is not None
    return operation


def _check_config(config: object) -> None:
    if not isinstance(config, AppConfig):
        raise EnvironmentArgumentError(f"an app takes a name or a coco.AppConfig, not {shown(config)}")
    if not isinstance(config.name, str):
        raise EnvironmentArgumentError(f"the name of an app is a str, not {shown(config.name)}")
    if not config.name:
        raise SettingsError("the name of an app is empty; give it one that is unique in its environment")
    if not isinstance(config.environment, Environment | LazyEnvironment):
        raise EnvironmentArgumentError(
            f"AppConfig(environment=...) of app {config.name!r} is a coco.Environment, not {shown(config.environment)}"
        )
    max_inflight_components(config.max_inflight_components)
    # Imported here, because a program that only imports cocoindex does not need the store.
    from .._store.app_name import check_app_name

    check_app_name(config.name)


@async_block
async def _reporting(board: CountBoard, report: bool | timedelta) -> AsyncGenerator[None, None]:
    """Print the progress during a block, if requested."""
    if not report:
        yield
        return
    from .._progress.report import reporting

    with reporting(board, report):
        yield
