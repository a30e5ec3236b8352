"""Running memoized calls: an equal call in the same component waits for the first. Layer: _function.

A call never waits for itself, not even through other calls: instead it raises.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Final

from .._runtime.scope import Frame
from ..errors import DeadlineExceededError, MemoRecursionError
from .call_frame import CallFrame, outward
from .gpu_allocation import _held, held
from .outcome import Outcome

if TYPE_CHECKING:
    from concurrent.futures import Future

_lock: Final = threading.Lock()
# By component and memo key.
_running: Final[dict[tuple[int, bytes], Flight]] = {}


class Flight:
    """One running memoized call.

    Args:
        in_thread: whether it has a thread; otherwise its body may still have to wait for one.

    Attributes:
        frame: collects the content of its memo.
        raised: the exception of its body, until the end.
    """

    __slots__ = ("_beside", "_ended", "_holds", "_in_thread", "_key", "_over", "_waits", "frame", "raised")

    def __init__(self, component: object, key: bytes, frame: CallFrame, in_thread: bool) -> None:
        self.frame = frame
        self._in_thread = in_thread
        self._holds = _held.get() is not None
        frame.flight = self
        self.raised: BaseException | None = None
        self._key = id(component), key
        self._over = False
        self._ended: Future[Outcome] | None = None
        self._waits: list[Flight] | None = None
        self._beside: list[Flight] | None = None

    def begin(self) -> Flight:
        """Register as running if no equal call runs; return the running one, this or the other."""
        return _running.setdefault(self._key, self)

    def begin_beside(self, first: Flight) -> None:
        """Run although the equal call `first` is running; nobody waits for this one."""
        self._key = id(self), b""
        _running[self._key] = self
        with _lock:
            if first._beside is None:
                first._beside = [first]
            self._beside = first._beside
            self._beside.append(self)

    def repeats(self, state_id: bytes) -> bool:
        """Return whether an equal call that runs beside it has declared this target state, and it has not."""
        states = self.frame.states or ()
        return state_id not in states and any(state_id in (other.frame.states or ()) for other in self._beside or ())

    def end(self) -> None:
        """End, and release the waiting calls."""
        failure, self.raised = self.raised, None
        del _running[self._key]
        self.frame.flight = None  # so that neither waits for the garbage collector
        with _lock:
            self._over = True
            ended, self._ended = self._ended, None
        if ended is not None:
            ended.set_result(Outcome(None, failure if _is_shared(failure) else None))

    async def wait(self, frame: Frame) -> Outcome | None:
        """Wait for its end, in a call that collects in `frame`.

        Returns:
            Its exception, if it failed for all waiting calls. None also if it may need the GPU of the waiting call,
            which so cannot wait.

        Raises:
            MemoRecursionError: (a RecursionError) it waits for the calling call itself.
        """
        import asyncio

        around = _around(frame)
        ended = self._awaited_by(around)
        try:
            if held() is not None and not self._holds:
                return None
            # Cancelling one waiting call does not affect the others.
            return (await asyncio.shield(asyncio.wrap_future(ended))).again()
        finally:
            self._left_by(around)

    def wait_in_thread(self, frame: Frame) -> Outcome | None:
        """Do the same as `wait` by blocking this thread; also return None if an event loop runs in it, or the other
        call may need a thread."""
        around = _around(frame)
        ended = self._awaited_by(around)
        try:
            if not self._in_thread or (held() is not None and not self._holds) or _has_loop():
                return None
            return ended.result().again()
        finally:
            self._left_by(around)

    def _awaited_by(self, around: list[Flight]) -> Future[Outcome]:
        from concurrent.futures import Future

        with _lock:
            if self._reaches({*around}):
                raise MemoRecursionError(
                    f"{self} was called with the same arguments inside itself, directly or through other memoized "
                    "calls, so that it would wait for its own result; pass other arguments, or leave out memo=True"
                )
            for flight in around:
                if flight._waits is None:
                    flight._waits = []
                flight._waits.append(self)
            if self._ended is None:
                self._ended = Future()
                if self._over:
                    self._ended.set_result(Outcome(None))
            return self._ended

    def _left_by(self, around: list[Flight]) -> None:
        with _lock:
            for flight in around:
                if flight._waits is not None:
                    flight._waits.remove(self)

    def _reaches(self, goals: set[Flight]) -> bool:
        """Return whether it is one of `goals`, or something inside it waits for one."""
        met: set[Flight] = set()
        waiting = [self]
        while waiting:
            flight = waiting.pop()
            if flight in goals:
                return True
            if flight not in met:
                met.add(flight)
                waiting += flight._waits or ()
        return False


def _is_shared(failure: BaseException | None) -> bool:
    """Return whether a failure counts for all waiting calls; a time limit or a cancellation concerns its caller
    only."""
    return isinstance(failure, Exception) and not isinstance(failure, DeadlineExceededError)


def _around(frame: Frame) -> list[Flight]:
    """Yield the memoized calls around a frame."""
    frames: Iterable[Any] = outward(frame)
    return [flight for at in frames if (flight := getattr(at, "flight", None)) is not None]


def _has_loop() -> bool:
    import asyncio

    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True
