"""`RayRunner`: runs functions on a Ray cluster."""

from __future__ import annotations

import asyncio
import inspect
import os
import pickle
import threading
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import cocoindex as coco
from cocoindex.connectorkits import shown
from cocoindex.errors import CallPickleError, RunnerError

from . import _cluster
from ._code import main_module, paths_to_modules
from ._demand import Demand, ray_options
from ._lane import Lane
from ._patience import Patience
from ._slot import Slot
from ._tasks import TaskSlot, explain, has_died, make_actor_slots
from ._worker import Setup, is_importing_main
from .errors import RayCallError, RayClusterError

_PLACE: Final = "a Ray worker"
# Maximum number of concurrent batches of one function: enough for a few workers, and few enough that batches are large.
_MOST_BATCHES: Final = 16


class RayRunner(coco.Runner):
    """Runs functions on a Ray cluster; without an address, the first call starts Ray on this machine.

    By default each call is a task, which Ray places by the function's `resources=`. With `actors`, a pool of actors
    keeps what `initializer` loaded, such as models. Function, arguments, result and exceptions are pickled.

    If the worker or node of a call dies, the call is retried: functions must be idempotent unless `max_retries=0`.

    Args:
        address: the address of the cluster for `ray.init`; None means RAY_ADDRESS, or a local Ray if that is not set.
        actors: number of actors; None means tasks.
        initializer: called once in each worker process with a `coco.ContextProvider`, to provide the values that
            `coco.use_context` returns there.
        max_retries: how often a call is retried after its worker or node died.
        resources: the resources of a call whose function has no `@coco.fn(resources=...)`, in the same form.
        runtime_env: Ray's description of the workers' environment. By default, a cluster at an address receives the
            program's own modules: those that no installed distribution provides.
        init_options: further arguments of `ray.init`.

    Raises:
        RunnerError: (a TypeError) an argument has the wrong type.
    """

    def __init__(
        self,
        address: str | None = None,
        *,
        actors: int | None = None,
        initializer: Callable[[coco.ContextProvider], Any] | None = None,
        max_retries: int = 3,
        resources: Mapping[str, object] | None = None,
        runtime_env: Mapping[str, Any] | None = None,
        init_options: Mapping[str, Any] | None = None,
    ) -> None:
        _check(address, actors, initializer, max_retries)
        self._address = address
        self._actors = actors
        self._initializer = initializer
        self._max_retries = max_retries
        self._resources = self.checked_resources(resources)
        self._runtime_env = runtime_env
        self._init_options = dict(init_options or {})
        self._users = 0
        self._lock = threading.Lock()
        self._cluster: _cluster.Cluster | None = None
        self._setup: Setup | None = None
        self._lanes: dict[tuple[tuple[str, float], ...], Lane] = {}

    def __repr__(self) -> str:
        return f"RayRunner({self._address or 'local'})"

    @property
    def batches_in_flight(self) -> int:  # type: ignore[override]  # depends on the cluster
        """The number of actors, or of CPUs in the cluster."""
        if self._actors is not None:
            return self._actors
        if self._cluster is None:
            return os.cpu_count() or 1
        return max(1, int(_cluster.resources().get("CPU", 1)))

    def batches_of(self, fn: Callable[..., Any]) -> int:
        """Return the number of concurrent batches of `fn`: more than `batches_in_flight` if short ones share a task."""
        places = self.batches_in_flight
        lane = None if self._actors is not None else self._lanes.get(_key(self._needs(fn)))
        if lane is None:
            return places
        together = min(lane.most_together(f"{fn.__module__}.{fn.__qualname__}"), _MOST_BATCHES // places)
        return places * max(1, together)

    def start(self) -> None:
        """Register an environment that uses the runner."""
        with self._lock:
            self._users += 1

    def stop(self) -> None:
        """Unregister an environment that used the runner; with the last one, end the actors and the connection."""
        with self._lock:
            self._users -= 1
            if self._users > 0:
                return
            cluster, lanes = self._forget()
        if cluster is not None:
            for lane in lanes:
                lane.close(RayCallError("its runner was stopped"))
            _cluster.leave(cluster, self._cluster_is_gone)

    async def execute(
        self,
        fn: Callable[..., Any],
        args: tuple[Any, ...],
        kwargs: Mapping[str, Any],
        *,
        deadline: float | None = None,
    ) -> Any:
        """Run `fn` on the cluster; see `coco.Runner.execute`.

        Raises:
            RayClusterError: (a RuntimeError) no cluster can be used, or the connection to it was lost.
            RayCallError: (a RuntimeError) the worker or node died more often than `max_retries`, the worker cannot run
                the function, or no node has the required resources.
            CallPickleError: (a TypeError) function, arguments or result cannot be pickled.
            DeadlineExceededError: (a TimeoutError) there was no result before the deadline; the call is stopped.
        """
        if coco.RemoteWorker.is_answering():
            return (
                await fn(*args, **kwargs)
                if inspect.iscoroutinefunction(fn)
                else await asyncio.to_thread(fn, *args, **kwargs)
            )
        call = coco.RemoteCall(fn, args, kwargs, deadline=deadline, place=_PLACE)
        if is_importing_main():  # the call would wait for this very worker
            raise RayCallError(
                f"{call.name} was called in a Ray worker that imports the program's main module: a program whose "
                "functions run on Ray must start its work below `if __name__ == '__main__':`"
            )
        lane = await self._lane(call, self._needs(fn))
        job = lane.submit(call.pack(), call.name)
        loop = asyncio.get_running_loop()
        return await call.answered(job.reply, lambda: loop.run_in_executor(None, lane.cancel, job))

    def _needs(self, fn: Callable[..., Any]) -> Mapping[str, float]:
        """Return the resources that one call of a function needs."""
        return getattr(fn, "resources", None) or self._resources

    async def _lane(self, call: coco.RemoteCall, resources: Mapping[str, float]) -> Lane:
        key = _key(resources)
        lane = self._lanes.get(key)
        if lane is None:
            call.pack()  # raise before connecting if the call cannot be pickled, or its deadline has passed
            lane = await asyncio.to_thread(self._made_lane, key)
        return lane

    def _made_lane(self, key: tuple[tuple[str, float], ...]) -> Lane:
        """Return the lane for these resources; connect if needed. Runs in a thread, because Ray blocks."""
        with self._lock:
            if self._cluster is None:
                self._cluster = _cluster.connect(
                    self._address, self._runtime_env, self._init_options, self._cluster_is_gone
                )
                self._setup = self._make_setup()
            lane = self._lanes.get(key)
            if lane is None:
                lane = self._lanes[key] = self._new_lane(key)
            return lane

    def _new_lane(self, key: tuple[tuple[str, float], ...]) -> Lane:
        assert self._setup is not None
        options = ray_options(dict(key))
        demand = Demand(options, "call" if self._actors is None else "actor")
        impossible = demand.impossible()
        if impossible is not None:
            raise RayCallError(impossible)
        slots: Sequence[Slot]
        if self._actors is None:
            slots = [TaskSlot(self._setup, options, demand.needs, self._max_retries)]
        else:
            slots = make_actor_slots(self._setup, options, demand.needs, self._max_retries, self._actors)
        lane = Lane(
            slots,
            explain,
            has_died,
            share_tasks=self._max_retries > 0,
            begins=Patience(demand, self._actors).begin,
            closes=self._drop,
        )
        for slot in slots:
            slot.start()
        return lane

    def _drop(self, closed: Lane) -> None:
        """Drop a closed lane, so that the next call gets a new one."""
        for key, lane in [*self._lanes.items()]:
            if lane is closed:
                self._lanes.pop(key, None)

    def _cluster_is_gone(self, error: RayClusterError) -> None:
        _, lanes = self._forget()  # without the lock, which a thread that waits to connect may hold
        for lane in lanes:
            lane.close(error)

    def _forget(self) -> tuple[_cluster.Cluster | None, list[Lane]]:
        """Drop the cluster and all lanes, and return them; the next call connects again."""
        cluster, self._cluster = self._cluster, None
        lanes = [*self._lanes.values()]
        self._lanes.clear()
        return cluster, lanes

    def _make_setup(self) -> Setup:
        try:
            initializer = pickle.dumps(self._initializer)
        except Exception as error:
            name = getattr(self._initializer, "__qualname__", self._initializer)
            raise CallPickleError(
                f"the initializer {name} of a RayRunner cannot be pickled ({error}): define it at the top level of a "
                "module"
            ) from error
        return Setup(paths_to_modules(), main_module(), initializer)


def _key(resources: Mapping[str, float]) -> tuple[tuple[str, float], ...]:
    return tuple(sorted(resources.items()))


def _check(address: Any, actors: Any, initializer: Any, max_retries: Any) -> None:
    if address is not None and not isinstance(address, str):
        raise RunnerError(f"the address of a RayRunner must be a str such as 'host:6379', not {type(address).__name__}")
    for what, value, least in (("actors", actors, 1), ("max_retries", max_retries, 0)):
        if value is None and what == "actors":
            continue
        if not isinstance(value, int) or isinstance(value, bool) or value < least:
            raise RunnerError(f"{what} of a RayRunner is a whole number from {least}, not {shown(value)}")
    if initializer is not None and not callable(initializer):
        raise RunnerError(f"initializer of a RayRunner is a function, not {type(initializer).__name__}")
