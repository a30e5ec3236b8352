"""Calls the state functions of memoized arguments, which say whether the referenced data has changed. Layer:
_function."""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from typing import Any

from cocoindex._shown import shown

from .._runtime.log import WARNING, log
from .._values import NON_EXISTENCE, MemoStateOutcome, StateRef
from ..errors import DeserializationError, FunctionCancelledError, MemoStateAwaitError, MemoStateError
from .outcome import outcomes_of_awaiting

_told: set[tuple[str, str | None]] = set()

_PLAIN = frozenset({MemoStateOutcome})
_AFTER_THE_RUN = MemoStateOutcome(NON_EXISTENCE, recollect_after_run=True)


class StateCheck:
    """The result of one collection of memo states.

    Attributes:
        valid: whether every state function allows the memoized result to be used.
        changed: whether a state differs from the stored one.
        states: the states to store, in the order of the arguments.
        recollect: which of them must be collected again after the run.
    """

    __slots__ = ("_refs", "changed", "recollect", "states", "valid")

    def __init__(self, refs: Sequence[StateRef], outcomes: Sequence[MemoStateOutcome], previous: Sequence[Any]) -> None:
        self._refs = refs
        self.states: list[Any] = []
        self.recollect: list[int] = []
        self.valid, self.changed = True, False
        for outcome, prev in zip(outcomes, previous, strict=True):  # one pass: each unchanged file comes this way
            state, memo_valid, recollect = outcome
            if recollect:
                self.recollect.append(len(self.states))
            self.states.append(state)
            self.valid = self.valid and memo_valid
            self.changed = self.changed or (state is not prev and _differ(state, prev))
        if self.recollect and not all(refs[number].recollects for number in self.recollect):
            self._distrust(refs)

    def stored(self) -> list[bytes]:
        """Return the serialized states."""
        if not self.states:
            return []
        return [ref.stored.write(state) for state, ref in zip(self.states, self._refs, strict=True)]

    def put(self, outcomes: Sequence[MemoStateOutcome]) -> None:
        """Replace the states by those collected after the run."""
        for number, outcome in zip(self.recollect, outcomes, strict=True):
            self.states[number] = outcome.state

    def _distrust(self, refs: Sequence[StateRef]) -> None:
        """Mark states as unreliable that may be from before the first run, when it was unknown that they need a run."""
        self.valid = False
        kinds = {type(refs[number].obj).__qualname__ for number in self.recollect if not refs[number].recollects}
        log(
            WARNING,
            f"the memo state function of {', '.join(sorted(kinds))} returned recollect_after_run, but does not name "
            "it in its own code, so stored results are not used; create the "
            "MemoStateOutcome(..., recollect_after_run=...) in the function itself",
        )


def _differ(state: Any, prev: Any) -> bool:
    """Return whether two states count as different; so do states that cannot be compared, such as arrays."""
    try:
        return bool(state != prev)
    except Exception:
        return True


NO_STATES = StateCheck((), (), ())
"""The outcome where no argument has a state function."""


def decode_states(refs: Sequence[StateRef], stored: Sequence[bytes] | None) -> list[Any]:
    """Return the stored states; `NON_EXISTENCE` for each if they do not match the arguments or cannot be read."""
    if stored is None or len(stored) != len(refs):
        return [NON_EXISTENCE] * len(refs)
    try:
        return [ref.stored.read(data) for data, ref in zip(stored, refs, strict=True)]
    except DeserializationError as exc:
        kinds = ", ".join(sorted({type(ref.obj).__qualname__ for ref in refs}))
        told = (kinds, getattr(exc, "names", None))
        if told[1] is None or told not in _told:  # a changed class affects all states of its kind
            _told.add(told)
            log(WARNING, f"a stored memo state of {kinds} cannot be read, asking as for the first time: {exc}")
        return [NON_EXISTENCE] * len(refs)


def ask(refs: Sequence[StateRef], previous: Sequence[Any]) -> list[Any]:
    """Call the state functions; return outcomes, or awaitables of outcomes.

    If there is no state yet, a state that is known only after the run is not collected.
    """
    if len(refs) == 1:
        return [_ask_one(refs[0], previous[0])]
    answers: list[Any] = []
    try:
        for ref, prev in zip(refs, previous, strict=True):
            answers.append(_ask_one(ref, prev))
    except BaseException:
        _discard(answers)
        raise
    return answers


def _ask_one(ref: StateRef, prev: Any) -> Any:
    return _AFTER_THE_RUN if prev is NON_EXISTENCE and ref.recollects else ref.fn(prev)


def _discard(answers: Sequence[Any]) -> None:
    """Close unused awaitables, so that Python does not warn about them."""
    for answer in answers:
        if inspect.iscoroutine(answer):
            answer.close()


def settle(refs: Sequence[StateRef], answers: Sequence[Any], previous: Sequence[Any]) -> StateCheck:
    """Return the result for answers that need no awaiting."""
    return StateCheck(refs, _checked(refs, answers), previous)


def needs_await(answers: Sequence[Any]) -> bool:
    if _PLAIN.issuperset(map(type, answers)):
        return False
    return any(not isinstance(a, MemoStateOutcome) and inspect.isawaitable(a) for a in answers)


async def check_async(refs: Sequence[StateRef], previous: Sequence[Any]) -> StateCheck:
    """Collect the states; await asynchronous answers concurrently."""
    return await settle_async(refs, ask(refs, previous), previous)


async def settle_async(refs: Sequence[StateRef], answers: Sequence[Any], previous: Sequence[Any]) -> StateCheck:
    """Return the result for answers of which some may need awaiting."""
    if needs_await(answers):
        answers = await _gather(answers)
    return settle(refs, answers, previous)


def check_sync(refs: Sequence[StateRef], previous: Sequence[Any]) -> StateCheck:
    """Collect the states from sync code; await asynchronous answers on a separate loop.

    Raises:
        MemoStateAwaitError: (a RuntimeError) an answer must be awaited, but an event loop runs in this thread.
    """
    return settle(refs, _awaited(ask(refs, previous)), previous)


async def recollect_async(refs: Sequence[StateRef], check: StateCheck) -> None:
    """Collect the states that are known only after the run."""
    late, answers = _ask_again(refs, check)
    check.put(_checked(late, await _gather(answers) if needs_await(answers) else answers))


def recollect_sync(refs: Sequence[StateRef], check: StateCheck) -> None:
    """Do the same as `recollect_async` from sync code; raises like `check_sync`."""
    late, answers = _ask_again(refs, check)
    check.put(_checked(late, _awaited(answers)))


def _ask_again(refs: Sequence[StateRef], check: StateCheck) -> tuple[list[StateRef], list[Any]]:
    late = [refs[number] for number in check.recollect]
    answers: list[Any] = []
    try:
        for ref in late:
            answers.append(ref.fn(NON_EXISTENCE))
    except BaseException:
        _discard(answers)
        raise
    return late, answers


def _checked(refs: Sequence[StateRef], answers: Sequence[Any]) -> Sequence[MemoStateOutcome]:
    for ref, answer in zip(refs, answers, strict=True):
        if not isinstance(answer, MemoStateOutcome):
            raise MemoStateError(
                f"the memo state function of {type(ref.obj).__name__} returned {shown(answer)}; "
                "it has to return coco.MemoStateOutcome(state=..., memo_valid=...)"
            )
        valid = answer.memo_valid
        if valid is not True and valid is not False and inspect.iscoroutine(valid):
            valid.close()
            raise MemoStateError(
                f"the memo state function of {type(ref.obj).__name__} returned the coroutine {valid.__qualname__}() as "
                "memo_valid, which nobody has awaited: await it in an async function"
            )
    return answers


def _awaited(answers: Sequence[Any]) -> Sequence[Any]:
    if not needs_await(answers):
        return answers
    import asyncio

    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return asyncio.run(_gather(answers))
    _discard(answers)
    raise MemoStateAwaitError(
        "a synchronous memoized call inside a running event loop cannot await an asynchronous memo state "
        "function; make the memoized function async, or decorate it with @coco.fn.as_async"
    )


async def _gather(answers: Sequence[Any]) -> list[Any]:
    """Await all awaitables concurrently; raise the first failure after all have ended.

    Raises:
        FunctionCancelledError: (a RuntimeError) an answer was cancelled, but not the waiting task.
    """
    import asyncio

    found = list(answers)
    pending = [number for number, answer in enumerate(found) if inspect.isawaitable(answer)]
    outcomes = await outcomes_of_awaiting([found[number] for number in pending])
    for number, outcome in zip(pending, outcomes, strict=True):
        if isinstance(outcome.error, asyncio.CancelledError):
            raise FunctionCancelledError(
                "an asynchronous memo state function was cancelled from inside, so it has no result; raise another "
                "exception to say why"
            ) from outcome.error
        found[number] = outcome.get()
    return found
