"""Whatever a key or state function of an argument raises reaches the caller of that call; other calls go on."""

from __future__ import annotations

import asyncio
import dataclasses
from typing import Any

import pytest

import cocoindex as coco
from cocoindex import errors


@dataclasses.dataclass(frozen=True)
class Frozen(Exception):
    value: int = 1


class Unprintable(Exception):
    def __str__(self) -> str:
        raise RuntimeError("no text")


RAISED = [
    ValueError("plain"),
    BaseException("base"),
    BaseExceptionGroup("group", [KeyboardInterrupt()]),
    Frozen(),
    Unprintable(),
    StopIteration(1),
    GeneratorExit(),
    SystemExit(3),
    KeyboardInterrupt(),
    asyncio.CancelledError(),
]


class Argument:
    """Its key, its state, or its state that has to be awaited, raises."""

    def __init__(self, name: str, where: str = "", exc: BaseException | None = None) -> None:
        self.name = name
        self.where = where
        self.exc = exc

    def __coco_memo_key__(self) -> str:
        if self.where == "key":
            raise self.exc  # type: ignore[misc]  # it is there
        return self.name

    def __coco_memo_state__(self, prev: int | coco.NonExistenceType) -> Any:
        if self.where == "state":
            raise self.exc  # type: ignore[misc]  # it is there
        return self._state(prev)

    async def _state(self, prev: int | coco.NonExistenceType) -> coco.MemoStateOutcome:
        await asyncio.sleep(0)
        if self.where == "awaited state":
            raise self.exc  # type: ignore[misc]  # it is there
        return coco.MemoStateOutcome(1, memo_valid=prev == 1)


@coco.fn(memo=True)
async def use(first: Argument, second: Argument) -> str:
    return first.name + second.name


@pytest.mark.parametrize("where", ["key", "state", "awaited state"])
@pytest.mark.parametrize("exc", RAISED, ids=lambda exc: type(exc).__name__)
def test_in_calls_at_the_same_time(make_app: Any, exc: BaseException, where: str) -> None:
    async def outcome(name: str, *how: Any) -> Any:
        try:
            return await use(Argument(name), Argument("x", *how))
        except BaseException as error:
            return error

    async def main() -> Any:
        return await asyncio.gather(outcome("a"), outcome("b", where, exc), outcome("c"), outcome("b"))

    first, failed, third, equal = make_app(main).update_blocking()
    assert (first, third, equal) == ("ax", "cx", "bx")
    if isinstance(failed, errors.MemoKeyError):  # which says what could not be a key
        assert where == "key" and type(exc).__name__ in str(failed)
    elif isinstance(exc, StopIteration):
        assert isinstance(failed, RuntimeError)
    elif isinstance(exc, asyncio.CancelledError) and where == "awaited state":
        assert type(failed) is errors.FunctionCancelledError
    else:
        assert failed is exc


def test_all_answers_have_ended_when_one_fails(make_app: Any) -> None:
    ended: list[str] = []

    class Slow(Argument):
        async def _state(self, prev: Any) -> coco.MemoStateOutcome:
            for _ in range(10):
                await asyncio.sleep(0)
            ended.append(self.name)
            return coco.MemoStateOutcome(1)

    async def main() -> list[str]:
        with pytest.raises(ValueError, match="plain"):
            await use(Argument("a", "awaited state", ValueError("plain")), Slow("b"))
        return list(ended)

    assert make_app(main).update_blocking() == ["b"]


@dataclasses.dataclass(eq=False)
class Incomparable:
    number: int

    def __eq__(self, other: object) -> bool:
        raise ValueError("ambiguous")


def test_states_that_cannot_be_compared_are_taken_for_changed(make_app: Any) -> None:
    class Thing:
        def __coco_memo_state__(self, prev: Incomparable | coco.NonExistenceType) -> coco.MemoStateOutcome:
            asked.append(prev)
            return coco.MemoStateOutcome(Incomparable(len(asked)), memo_valid=True)

    asked: list[Any] = []

    @coco.fn(memo=True)
    def work(thing: Thing) -> int:
        return len(asked)

    async def main() -> int:
        return work(Thing())

    app = make_app(main)
    assert app.update_blocking() == app.update_blocking() == app.update_blocking() == 1
    assert [prev.number for prev in asked[1:]] == [1, 2]
