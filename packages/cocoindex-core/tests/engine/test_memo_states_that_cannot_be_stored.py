"""A memo state that cannot be stored fails its component, and nobody else's."""

from __future__ import annotations

from typing import Any

import pytest

import cocoindex as coco
from cocoindex.testing import RecordingTarget


class Watched:
    """An argument with a memo state; that of number 2 cannot be stored while it is `bad`."""

    bad = False

    def __init__(self, number: int, version: int) -> None:
        self.number = number
        self.version = version

    def __coco_memo_key__(self) -> object:
        return self.number

    def __coco_memo_state__(self, prev: Any) -> coco.MemoStateOutcome:
        state: Any = (lambda: None) if self.bad and self.number == 2 else self.version
        return coco.MemoStateOutcome(state=state, memo_valid=not coco.is_non_existence(prev))


class Program:
    def __init__(self, make_app: Any, *, each: bool) -> None:
        self.target = RecordingTarget()
        self.ran: list[int] = []
        self.failed: list[str] = []
        self.version = 1

        @coco.fn(memo=True)
        async def put(item: Watched) -> None:
            self.ran.append(item.number)
            self.target.declare(item.number, item.number)

        def note(error: BaseException, context: coco.ExceptionContext) -> None:
            self.failed.append(context.stable_path)

        @coco.fn
        async def main() -> None:
            items = [(number, Watched(number, self.version)) for number in range(4)]
            async with coco.exception_handler(note):
                if each:
                    await coco.mount_each(put, items)
                else:
                    for number, item in items:
                        await coco.mount(coco.component_subpath(coco.Symbol("put"), number), put, item)

        self.app = make_app(main)

    def update(self) -> list[int]:
        self.ran.clear()
        self.failed.clear()
        self.version += 1
        self.app.update_blocking()
        return sorted(self.ran)


@pytest.mark.parametrize("each", [True, False])
def test_of_a_component_that_runs(make_app: Any, each: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    program = Program(make_app, each=each)
    monkeypatch.setattr(Watched, "bad", True)
    assert program.update() == [0, 1, 2, 3]
    assert program.failed == ["/@put/2"]
    assert program.target.data.keys() == {0, 1, 3}
    monkeypatch.setattr(Watched, "bad", False)
    assert program.update() == [2]
    assert not program.failed
    assert program.target.data.keys() == {0, 1, 2, 3}


@pytest.mark.parametrize("each", [True, False])
def test_of_a_component_that_is_skipped(make_app: Any, each: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    program = Program(make_app, each=each)
    program.update()
    monkeypatch.setattr(Watched, "bad", True)
    assert program.update() == []
    assert program.failed == ["/@put/2"]
    monkeypatch.setattr(Watched, "bad", False)
    assert program.update() == []
    assert not program.failed
    assert program.target.data.keys() == {0, 1, 2, 3}
