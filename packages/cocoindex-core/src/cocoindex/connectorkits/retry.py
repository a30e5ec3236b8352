"""Retries with exponential backoff and limits (public kit of connectors and operations)."""

from __future__ import annotations

import asyncio
import random
from typing import Final

from cocoindex._numbers import is_number, is_whole
from cocoindex._shown import shown

from .._runtime.cancellation import check_cancellation
from .._runtime.deadline import remaining_seconds
from ..errors import ConnectorKitError

_MOST_DOUBLED: Final = 64


class Backoff:
    """The pauses between the attempts of one call.

    Two kinds of limit end the attempts. When those given here are used up, the error of the last attempt is raised.
    When the time of `coco.timeout()` ends, `DeadlineExceededError` is raised. No pause is longer than the time left
    of either.

        backoff = Backoff(attempts=5)
        while True:
            try:
                return await call()
            except ConnectionError as error:
                await backoff.pause(error)

    Args:
        attempts: maximum number of calls; None for no limit.
        seconds: total time for all attempts, from now on; None for no limit.
        first: upper bound of the first pause, in seconds; it doubles with each further pause.
        longest: upper bound of any pause, in seconds.

    Raises:
        ConnectorKitError: (a TypeError) one of them is not a number, or negative.
    """

    __slots__ = ("_attempts", "_ends", "_first", "_longest", "_made")

    def __init__(
        self, *, attempts: int | None = None, seconds: float | None = None, first: float = 0.1, longest: float = 20.0
    ) -> None:
        if attempts is not None and not (is_whole(attempts) and attempts > 0):
            raise ConnectorKitError(f"attempts= of Backoff is a whole number from 1 on, or None, not {shown(attempts)}")
        for name, value in (("seconds", 0.0 if seconds is None else seconds), ("first", first), ("longest", longest)):
            _check_seconds(f"{name}= of Backoff", value)
        self._attempts = attempts
        self._ends = None if seconds is None else asyncio.get_running_loop().time() + seconds
        self._first = first
        self._longest = longest
        self._made = 0

    async def pause(self, error: BaseException, *, at_least: float = 0.0) -> None:
        """Wait before the next attempt; raise `error` if no attempt is left.

        Args:
            error: why the last attempt failed.
            at_least: seconds requested by the other side (`Retry-After`); may exceed `longest`.

        Raises:
            DeadlineExceededError: (a `TimeoutError`) the time of `coco.timeout()` ended.
            UpdateCancelledError: (a `RuntimeError`) the update was cancelled.
            ConnectorKitError: (a `TypeError`) `error` is not an exception, or `at_least` is not a number, or negative.
        """
        if not isinstance(error, BaseException):
            raise ConnectorKitError(f"Backoff.pause() takes the error of the last attempt, not {shown(error)}")
        _check_seconds("at_least= of Backoff.pause()", at_least)
        self._made += 1
        seconds = max(at_least, self._next())
        if self._made == self._attempts or (self._ends is not None and seconds >= self._left()):
            raise error
        left = remaining_seconds()
        await asyncio.sleep(seconds if left is None else min(seconds, left))
        check_cancellation()

    def _next(self) -> float:
        # Half of it is random, so that calls that failed together are not retried together.
        widest = min(self._longest, self._first * 2.0 ** min(self._made - 1, _MOST_DOUBLED))
        return widest * random.uniform(0.5, 1.0)

    def _left(self) -> float:
        assert self._ends is not None
        return self._ends - asyncio.get_running_loop().time()


def _check_seconds(what: str, value: object) -> None:
    if not is_number(value) or value < 0:
        raise ConnectorKitError(f"{what} is a number of seconds from 0 on, not {shown(value)}")
