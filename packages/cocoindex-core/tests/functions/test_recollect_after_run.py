"""Memo states that are known only once the function has run: `recollect_after_run=True`."""

from __future__ import annotations

from typing import Any

import pytest

import cocoindex as coco
from cocoindex import errors

Log = list[Any]


class Tracked:
    """As on the reference page: it notes what the function reads, and is valid while that has its version."""

    versions: dict[str, int]
    log: Log

    def __init__(self, key: str) -> None:
        self.key = key
        self.observed: list[tuple[str, int]] = []

    def read(self, name: str) -> int:
        self.observed.append((name, self.versions[name]))
        return self.versions[name]

    def __coco_memo_key__(self) -> object:
        return self.key

    def __coco_memo_state__(self, prev_state: list[tuple[str, int]] | coco.NonExistenceType) -> coco.MemoStateOutcome:
        self.log.append("asked")
        if coco.is_non_existence(prev_state):
            return coco.MemoStateOutcome(state=list(self.observed))
        valid = all(self.versions[name] == version for name, version in prev_state)
        return coco.MemoStateOutcome(state=prev_state, memo_valid=valid, recollect_after_run=True)


@pytest.fixture
def log() -> Log:
    Tracked.versions = {"a": 1, "b": 1}
    Tracked.log = []
    return Tracked.log


@pytest.mark.parametrize("asynchronous", [False, True])
def test_the_state_function_is_asked_after_the_body_and_what_it_says_is_stored(
    make_app: Any, log: Log, asynchronous: bool
) -> None:
    @coco.fn(memo=True)
    def work(tracked: Tracked) -> int:
        log.append("ran")
        return tracked.read("a")

    async def main() -> int:
        tracked = Tracked("k")
        return await work.as_async(tracked) if asynchronous else work(tracked)

    app = make_app(main)

    def update() -> tuple[int, Log]:
        log.clear()
        return app.update_blocking(), list(log)

    assert update() == (1, ["ran", "asked"])
    assert update() == (1, ["asked"])
    Tracked.versions["b"] = 2
    assert update() == (1, ["asked"])
    Tracked.versions["a"] = 2
    assert update() == (2, ["asked", "ran", "asked"])
    assert update() == (2, ["asked"])


def test_states_of_other_arguments_stay_those_from_before_the_run(make_app: Any, log: Log) -> None:
    content = {"now": "before"}

    class File:
        def __coco_memo_key__(self) -> object:
            return "file"

        def __coco_memo_state__(self, prev_state: str | coco.NonExistenceType) -> coco.MemoStateOutcome:
            return coco.MemoStateOutcome(content["now"], memo_valid=prev_state == content["now"])

    @coco.fn(memo=True)
    async def work(file: File, tracked: Tracked) -> int:
        log.append("ran")
        content["now"] = "changed while it ran"
        return tracked.read("a")

    async def main() -> int:
        return await work(File(), Tracked("k"))

    app = make_app(main)
    for _ in range(3):
        app.update_blocking()
    assert log.count("ran") == 2


def test_a_memoized_component_that_asks_for_it_raises_an_error(make_app: Any, log: Log, caplog: Any) -> None:
    @coco.fn(memo=True)
    async def work(tracked: Tracked) -> None: ...

    async def main() -> None:
        await coco.use_mount(work, Tracked("k"))

    with pytest.raises(errors.RecollectError, match=r"state function of Tracked.*called memoized functions"):
        make_app(main).update_blocking()
    assert issubclass(errors.RecollectError, ValueError)

    async def each() -> None:
        await coco.mount_each(work, [("a", Tracked("k"))])

    make_app(each, name="each").update_blocking()
    assert "state function of Tracked" in caplog.text


def test_a_state_function_that_has_it_made_elsewhere_is_not_trusted(make_app: Any, log: Log, caplog: Any) -> None:
    class Indirect(Tracked):
        def __coco_memo_state__(self, prev_state: Any) -> coco.MemoStateOutcome:
            return super().__coco_memo_state__(prev_state)

    @coco.fn(memo=True)
    def work(tracked: Tracked) -> int:
        log.append("ran")
        return tracked.read("a")

    async def main() -> int:
        return work(Indirect("k"))

    app = make_app(main)
    app.update_blocking()
    Tracked.versions["a"] = 2
    assert app.update_blocking() == 2
    assert "Indirect returned recollect_after_run, but does not name it" in caplog.text
