"""The single connection of this process to a cluster: opened for the first runner, kept while any runner uses it."""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any, Final

from ._address import answers, check_that_ray_answers, is_same, place_of
from ._advice import advice
from ._code import modules_to_ship
from ._ray import SECONDS_WITHOUT_CLUSTER, ray
from .errors import RayClusterError

logger = logging.getLogger("cocoindex")

_TRIES_TO_START: Final = 3
_LOOK_UP_SECONDS: Final = 5.0
_LOOKS_EVERY_SECONDS: Final = 1.0
_LOCAL: Final = (None, "local")
_THEIRS: Final = (
    ". As the program itself called ray.init(), Ray soon ends it: call ray.shutdown() before, or leave it to the "
    "RayRunner to connect"
)


class Cluster:
    """A connection, shared by the runners of one process, because Ray has only one for each process.

    Attributes:
        address: the requested address.
    """

    def __init__(self, address: str | None, is_ours: bool) -> None:
        self.address = address
        self._is_ours = is_ours
        self._users: list[Callable[[RayClusterError], None]] = []
        self._is_closed = threading.Event()
        connected = str(ray().get_runtime_context().gcs_address)
        self._name = _named(address if is_ours else connected)
        place = place_of(connected)
        if place is not None:
            threading.Thread(target=self._watch, args=[place], name="cocoindex-ray-cluster", daemon=True).start()

    def _leave(self, is_gone: Callable[[RayClusterError], None]) -> bool:
        self._users.remove(is_gone)
        return not self._users

    def close(self) -> None:
        """Close the connection, unless the program itself opened it."""
        self._is_closed.set()
        if self._is_ours:
            ray().shutdown()

    def _watch(self, place: tuple[str, int]) -> None:
        """Report when the cluster no longer answers; Ray itself would end the program some time later."""
        answered = time.monotonic()
        while not self._is_closed.wait(_LOOKS_EVERY_SECONDS):
            if answers(place):
                answered = time.monotonic()
            elif time.monotonic() - answered > _patience():
                self._tell(time.monotonic() - answered)
                return

    def _tell(self, seconds: float) -> None:
        global _current, _resources, _has_left
        with _lock:
            users = [*self._users]
            if _current is not self:
                return  # everybody left it
            _current = _resources = None
            has_left = _has_left = threading.Event()
        error = RayClusterError(
            f"{self._name} has not answered for {seconds:.0f} s: its head has ended, or cannot be reached; "
            f"start it again, and run the update again{'' if self._is_ours else _THEIRS}"
        )
        try:
            for is_gone in users:
                is_gone(error)
            self.close()
        finally:
            has_left.set()


class _Resources:
    """The total resources of the cluster, updated every few seconds in another thread, because nodes come and go."""

    def __init__(self) -> None:
        self.total: dict[str, float] = dict(ray().cluster_resources())
        self._asked = time.monotonic()

    def current(self) -> dict[str, float]:
        """Return the resources as of the last update; begin a new one if that was a few seconds ago."""
        if time.monotonic() - self._asked > _LOOK_UP_SECONDS:
            self._asked = time.monotonic()
            threading.Thread(target=self._ask, name="cocoindex-ray-resources", daemon=True).start()
        return self.total

    def _ask(self) -> None:
        try:
            self.total = dict(ray().cluster_resources())
        except Exception as error:  # the connection was closed meanwhile
            logger.debug("the resources of the Ray cluster are not known: %s", error)


_current: Cluster | None = None
_resources: _Resources | None = None
_lock: Final = threading.Lock()
#: Set when the connection to a lost cluster is closed; a new one can be opened only after that.
_has_left: threading.Event | None = None


def connect(
    address: str | None,
    runtime_env: Mapping[str, Any] | None,
    options: Mapping[str, Any],
    is_gone: Callable[[RayClusterError], None],
) -> Cluster:
    """Connect to a cluster; start a local one if there is no address, neither here nor in RAY_ADDRESS.

    This blocks for seconds. If the cluster is lost later, `is_gone` is called in another thread; it must not wait for a
    thread that connects.

    Raises:
        RayClusterError: (a RuntimeError) there is no cluster at the address, it refuses the connection, or this process
            is connected to another cluster.
    """
    global _current
    wanted = address or os.environ.get("RAY_ADDRESS") or None
    with _lock:
        if _has_left is not None:
            _has_left.wait()
        if _current is not None:
            if _current.address != wanted:
                raise RayClusterError(
                    f"this process is connected to {_named(_current.address)}, and a RayRunner asks for "
                    f"{_named(wanted)}: Ray has one connection for each process"
                )
        else:
            _current = _connect(wanted, runtime_env, options)
        _current._users.append(is_gone)
        return _current


def resources() -> dict[str, float]:
    """Return the total resources of the cluster, by Ray's names; there must be a connection."""
    global _resources
    known = _resources
    if known is None:
        known = _resources = _Resources()
    return known.current()


def leave(cluster: Cluster, is_gone: Callable[[RayClusterError], None]) -> None:
    """Unregister a runner that used the connection; close the connection with the last one."""
    global _current, _resources
    with _lock:
        if cluster._leave(is_gone) and _current is cluster:
            _current = _resources = None
            cluster.close()


def _connect(address: str | None, runtime_env: Mapping[str, Any] | None, options: Mapping[str, Any]) -> Cluster:
    if str(address).startswith("ray://") or ray().util.client.ray.is_connected():
        raise RayClusterError(
            "a RayRunner does not work through Ray Client (an address ray://...), whose calls would wait for one "
            "another: run the program in the cluster's network, with the address of the head, such as 'host:6379'"
        )
    if ray().is_initialized():
        _check_that_it_is(address)
        return Cluster(address, is_ours=False)
    arguments: dict[str, Any] = {"log_to_driver": False, "logging_level": logging.ERROR, **options}
    if address in _LOCAL:
        arguments.setdefault("include_dashboard", False)
        arguments["address"] = "local"  # else Ray tries to reach a cluster started here before, even if it has ended
    else:
        check_that_ray_answers(str(address))
        arguments["address"] = address
        shipped = modules_to_ship()
        if shipped and "py_modules" not in (runtime_env or {}) and "working_dir" not in (runtime_env or {}):
            runtime_env = {**(runtime_env or {}), "py_modules": shipped}
    if runtime_env:
        arguments["runtime_env"] = dict(runtime_env)
    for left in range(_TRIES_TO_START - 1, -1, -1):
        try:
            ray().init(**arguments)
            break
        except Exception as error:
            ray().shutdown()
            if left and "timed out during startup" in str(error):
                continue  # Ray waits half a minute for its processes, which is not enough on a busy machine
            raise RayClusterError(f"{_named(address)} cannot be used: {_first_lines(error)}{advice(error)}") from error
    return Cluster(address, is_ours=True)


def _check_that_it_is(address: str | None) -> None:
    """Raise if the program's own connection is to another cluster than `address`."""
    connected = str(ray().get_runtime_context().gcs_address)
    place = place_of(connected)
    if place is not None and not answers(place):
        raise RayClusterError(f"the Ray cluster at {connected}, to which this program is connected, does not answer")
    if address is not None and not is_same(address, connected):
        raise RayClusterError(
            f"this program has called ray.init() and is connected to the Ray cluster at {connected}, and a RayRunner "
            f"asks for the one at {address}: Ray has one connection for each process; give both the same address, or "
            "the RayRunner none"
        )


def _patience() -> float:
    """Return for how many seconds a cluster may not answer.

    This is much less than the time after which Ray ends the program, since closing the connection takes time, too.
    """
    return float(os.environ[SECONDS_WITHOUT_CLUSTER]) / 10


def _first_lines(error: Exception) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return f"{type(error).__name__}: {' '.join(lines[:8])}"


def _named(address: str | None) -> str:
    return "a local Ray" if address in _LOCAL else f"the Ray cluster at {address}"
