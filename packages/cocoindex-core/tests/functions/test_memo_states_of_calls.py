"""State functions of arguments: async ones, those that answer wrongly, states that cannot be read any more."""

from __future__ import annotations

import asyncio
from typing import Any, ClassVar

import pytest

import cocoindex as coco
from cocoindex import errors


class Remote:
    """An object whose state has to be awaited."""

    etag = "1"
    asked: ClassVar[list[Any]] = []

    def __init__(self, name: str) -> None:
        self.name = name

    def __coco_memo_key__(self) -> object:
        return self.name

    async def __coco_memo_state__(self, prev_state: str | coco.NonExistenceType) -> coco.MemoStateOutcome:
        Remote.asked.append((self.name, prev_state))
        await asyncio.sleep(0)
        Remote.asked.append("answered")
        return coco.MemoStateOutcome(Remote.etag, memo_valid=prev_state == Remote.etag)


@pytest.fixture(autouse=True)
def _fresh() -> None:
    Remote.etag, Remote.asked = "1", []


@coco.fn(memo=True)
def read(*remotes: Remote) -> str:
    return Remote.etag


def test_in_an_async_function_awaitables_of_all_arguments_are_gathered(make_app: Any) -> None:
    async def main() -> str:
        result: str = await read.as_async(Remote("a"), Remote("b"))
        return result

    app = make_app(main)
    assert app.update_blocking() == "1"
    Remote.asked.clear()
    assert app.update_blocking() == "1"
    assert Remote.asked == [("a", "1"), ("b", "1"), "answered", "answered"]
    Remote.etag = "2"
    assert app.update_blocking() == "2"


def test_in_a_sync_function_without_a_loop_they_are_run(make_app: Any) -> None:
    def main() -> str:
        return read(Remote("a"))

    app = make_app(main)
    assert app.update_blocking() == app.update_blocking() == "1"
    assert [prev for name, prev in Remote.asked[::2]] == [coco.NON_EXISTENCE, "1"]


def test_in_a_sync_function_under_a_running_loop_the_error_says_what_to_use(make_app: Any) -> None:
    async def main() -> str:
        return read(Remote("a"))

    with pytest.raises(errors.MemoStateAwaitError, match=r"@coco.fn.as_async") as caught:
        make_app(main).update_blocking()
    assert isinstance(caught.value, RuntimeError)


@pytest.mark.parametrize("answer", [3, None, ("state", True)])
def test_an_answer_that_is_no_outcome_is_told_so(make_app: Any, answer: Any) -> None:
    class Wrong:
        def __coco_memo_state__(self, prev_state: Any) -> Any:
            return answer

    @coco.fn(memo=True)
    def use(wrong: Wrong) -> None: ...

    async def main() -> None:
        use(Wrong())

    with pytest.raises(errors.MemoStateError, match=r"state function of Wrong returned .*coco.MemoStateOutcome"):
        make_app(main).update_blocking()


def test_a_validity_that_nobody_awaited_is_told_so(make_app: Any) -> None:
    async def unchanged() -> bool:
        return True

    class Wrong:
        def __coco_memo_state__(self, prev_state: Any) -> coco.MemoStateOutcome:
            return coco.MemoStateOutcome(1, memo_valid=unchanged())  # type: ignore[arg-type]  # what is tested

    @coco.fn(memo=True)
    def use(wrong: Wrong) -> None: ...

    async def main() -> None:
        use(Wrong())

    with pytest.raises(errors.MemoStateError, match=r"state function of Wrong .*unchanged\(\) as memo_valid"):
        make_app(main).update_blocking()


def test_a_state_that_cannot_be_read_any_more_is_a_miss_that_is_logged(make_app: Any, caplog: Any) -> None:
    runs: list[Any] = []
    state: Any = 1

    class Thing:
        def __coco_memo_state__(self, prev_state: int | coco.NonExistenceType) -> coco.MemoStateOutcome:
            runs.append(prev_state)
            return coco.MemoStateOutcome(state, memo_valid=prev_state == state)

    @coco.fn(memo=True)
    def use(thing: Thing) -> None:
        runs.append("ran")

    async def main() -> None:
        use(Thing())

    app = make_app(main)
    state = "no number"
    app.update_blocking()
    state = 2
    app.update_blocking()
    app.update_blocking()
    assert runs == [coco.NON_EXISTENCE, "ran", coco.NON_EXISTENCE, "ran", 2]
    assert "a stored memo state of" in caplog.text and "Thing cannot be read" in caplog.text
