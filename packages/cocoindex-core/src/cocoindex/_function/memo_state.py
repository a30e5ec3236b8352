"""Asks the state functions of memoized arguments whether what they stand for has changed. Layer: _function."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Sequence
from typing import Any

from .._values import NON_EXISTENCE, MemoStateOutcome, StateRef, deserialize, serialize
from ..errors import DeserializationError, MemoStateError


class StateCheck:
    """The outcome of one round of questions.

    Attributes:
        valid: whether every state function says that the memoized result may be used.
        changed: whether a state differs from the stored one.
        states: the states to store, in the order of the arguments.
        recollect: whether one of them asked to be called again after the run.
    """

    __slots__ = ("changed", "recollect", "states", "valid")

    def __init__(self, outcomes: Sequence[MemoStateOutcome], previous: Sequence[Any]) -> None:
        self.states = [o.state for o in outcomes]
        self.valid = all(o.memo_valid for o in outcomes)
        self.changed = any(s is not p and s != p for s, p in zip(self.states, previous, strict=True))
        self.recollect = any(o.recollect_after_run for o in outcomes)

    def stored(self) -> list[bytes]:
        """The states as they are stored."""
        return [serialize(state) for state in self.states]


def decode_states(refs: Sequence[StateRef], stored: Sequence[bytes] | None) -> list[Any]:
    """The stored states; `NON_EXISTENCE` in place of all where they do not fit the arguments or cannot be read."""
    if stored is None or len(stored) != len(refs):
        return [NON_EXISTENCE] * len(refs)
    try:
        return [deserialize(data, ref.hint) for data, ref in zip(stored, refs, strict=True)]
    except DeserializationError:
        return [NON_EXISTENCE] * len(refs)


def ask(refs: Sequence[StateRef], previous: Sequence[Any]) -> list[Any]:
    """What the state functions say: outcomes, or awaitables of outcomes."""
    return [ref.fn(prev) for ref, prev in zip(refs, previous, strict=True)]


def settle(refs: Sequence[StateRef], answers: Sequence[Any], previous: Sequence[Any]) -> StateCheck:
    """The outcome of answers that need no awaiting."""
    for ref, answer in zip(refs, answers, strict=True):
        if not isinstance(answer, MemoStateOutcome):
            raise MemoStateError(
                f"the memo state function of {type(ref.obj).__name__} returned {answer!r}; "
                "it has to return coco.MemoStateOutcome(state=..., memo_valid=...)"
            )
    return StateCheck(answers, previous)


def needs_await(answers: Sequence[Any]) -> bool:
    return any(not isinstance(a, MemoStateOutcome) and inspect.isawaitable(a) for a in answers)


async def check_async(refs: Sequence[StateRef], previous: Sequence[Any]) -> StateCheck:
    """Ask, and await those that answer asynchronously, all together."""
    return await settle_async(refs, ask(refs, previous), previous)


async def settle_async(refs: Sequence[StateRef], answers: Sequence[Any], previous: Sequence[Any]) -> StateCheck:
    """The outcome of answers of which some may have to be awaited."""
    if needs_await(answers):
        answers = await _gather(answers)
    return settle(refs, answers, previous)


def check_sync(refs: Sequence[StateRef], previous: Sequence[Any]) -> StateCheck:
    """Ask from synchronous code; asynchronous answers are awaited on a loop of their own.

    Raises:
        MemoStateError: an answer has to be awaited, and a loop runs in this thread.
    """
    answers = ask(refs, previous)
    if needs_await(answers):
        import asyncio

        try:
            asyncio.get_running_loop()
        except RuntimeError:
            answers = asyncio.run(_gather(answers))
        else:
            for answer in answers:
                if inspect.iscoroutine(answer):
                    answer.close()
            raise MemoStateError(
                "an asynchronous memo state function was met in a synchronous memoized call under a running event "
                "loop; make the function async, or decorate it with @coco.fn.as_async"
            )
    return settle(refs, answers, previous)


async def _gather(answers: Sequence[Any]) -> list[Any]:
    import asyncio

    async def one(answer: Any) -> Any:
        return await answer if isinstance(answer, Awaitable) else answer

    return await asyncio.gather(*map(one, answers))
