"""A rate limit that is shared by all users of the same limiter.

Resources layer. Nothing runs in the background: the first caller in the queue sleeps until its tokens are available.
"""

from __future__ import annotations

import asyncio
import math
import operator
import threading
from collections import deque
from typing import Final

from cocoindex.connectorkits import is_number, shown
from cocoindex.connectorkits.deadline import remaining_seconds
from cocoindex.errors import CocoIndexError, DeadlineExceededError

__all__ = ["InvalidRateLimitError", "RateLimitTypeError", "RateLimiter"]


class InvalidRateLimitError(CocoIndexError, ValueError, OverflowError):
    """A rate, a burst or a number of tokens is out of range."""


class RateLimitTypeError(CocoIndexError, TypeError):
    """A rate, a burst or a number of tokens is not a number."""


class RateLimiter:
    """A token bucket: tokens arrive at a steady rate, and unused ones accumulate up to a limit.

    Components that use the same object (such as from a `ContextKey`) share its tokens. Callers are served in order,
    also across event loops and threads.

    A limiter affects when work is done, not its result, so it is not part of memo keys.

    Args:
        max_rows_per_second: tokens per second; more than 0, may be a fraction.
        burst_window_secs: how many seconds' worth of unused tokens accumulate; 0 keeps one token.

    Raises:
        InvalidRateLimitError: (a `ValueError`) the rate is not positive, or the window is negative or infinite.
        RateLimitTypeError: (a `TypeError`) an argument is not a number.
    """

    __slots__ = ("_kept", "_lock", "_queue", "_seconds_each", "_used_until")

    def __init__(self, max_rows_per_second: float, burst_window_secs: float = 1.0) -> None:
        rate = _number("max_rows_per_second", max_rows_per_second)
        window = _number("burst_window_secs", burst_window_secs)
        if not rate > 0:
            raise InvalidRateLimitError(f"max_rows_per_second is {shown(rate)}; give a number above 0")
        if not 0 <= window < math.inf:
            raise InvalidRateLimitError(
                f"burst_window_secs is {shown(window)}; give a number of seconds, 0 for no burst"
            )
        self._seconds_each: Final = 1 / rate
        self._kept: Final = max(self._seconds_each, window)
        # The time of the event loop up to which all arriving tokens are already taken.
        self._used_until = -math.inf
        self._queue: deque[_Place] = deque()
        # Reentrant: an abandoned caller leaves when it is garbage-collected, perhaps while its thread holds the lock.
        self._lock = threading.RLock()

    async def acquire(self, n: int = 1) -> None:
        """Wait until earlier callers have been served and `n` tokens are available; take them.

        A cancelled caller takes no tokens. `n` may exceed the number of tokens that accumulate.

        Raises:
            DeadlineExceededError: (a `TimeoutError`) the deadline of `coco.timeout()` passed while waiting; no tokens
                were taken.
            InvalidRateLimitError: (an `OverflowError`) `n` is negative, or too large for a float.
            RateLimitTypeError: (a `TypeError`) `n` is not a whole number.
        """
        count = _count(n)
        try:
            async with asyncio.timeout(remaining_seconds()):
                await self._acquire(count)
        except TimeoutError:
            raise DeadlineExceededError(
                f"the time limit set with coco.timeout() passed while waiting for {count} tokens of a rate limiter; "
                "allow more time, a higher rate, or less work at once"
            ) from None

    async def _acquire(self, count: int) -> None:
        loop = asyncio.get_running_loop()
        asked = loop.time()
        place = self._join(loop)
        try:
            await place.turn
            # Tokens that arrive while somebody waits are kept; only the first caller in the queue takes any.
            used_until = max(self._used_until, asked) + count * self._seconds_each
            await asyncio.sleep(used_until - self._kept - loop.time())
            self._used_until = used_until
        finally:
            self._leave(place)

    def __coco_memo_key__(self) -> object:
        return ()

    def _join(self, loop: asyncio.AbstractEventLoop) -> _Place:
        place = _Place(loop)
        with self._lock:
            self._queue.append(place)
            if self._queue[0] is place:
                place.turn.set_result(None)
        return place

    def _leave(self, place: _Place) -> None:
        with self._lock:
            if place not in self._queue:
                return
            was_first = self._queue[0] is place
            self._queue.remove(place)
            while was_first and self._queue and not self._queue[0].call():
                self._queue.popleft()


class _Place:
    """A place in the queue; `turn` is done once it is the first."""

    __slots__ = ("_loop", "turn")

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self.turn: asyncio.Future[None] = loop.create_future()

    def call(self) -> bool:
        """Notify the caller that it is the first now; return False if its event loop is closed."""
        try:
            self._loop.call_soon_threadsafe(self._called)
        except RuntimeError:
            return False
        return True

    def _called(self) -> None:
        if not self.turn.done():
            self.turn.set_result(None)


def _number(name: str, value: object) -> float:
    if not isinstance(value, int | float) or isinstance(value, bool):
        raise RateLimitTypeError(f"{name} is a {type(value).__name__}, {shown(value)}; give a number")
    try:
        return float(value)
    except OverflowError as error:
        raise InvalidRateLimitError(f"{name} is {shown(value)}, which is too large; give a smaller number") from error


def _count(value: object) -> int:
    try:
        if isinstance(value, bool):
            raise TypeError("a bool is not a number of tokens")
        count = operator.index(value)  # type: ignore[arg-type]  # what has no index raises
    except TypeError as error:
        raise RateLimitTypeError(
            f"n of acquire() is {shown(value)}, a {type(value).__name__}; give a whole number"
        ) from error
    if count < 0:
        raise InvalidRateLimitError(f"n of acquire() is {shown(count)} tokens; give 0 or more")
    if not is_number(count):
        raise InvalidRateLimitError(f"n of acquire() is {shown(count)} tokens, which are too many; give fewer")
    return count
