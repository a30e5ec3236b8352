"""An exception whose causes go in a circle, or count as false: whoever looks for where it comes from gets to an end."""

from __future__ import annotations

from typing import Any

import pytest

import cocoindex as coco

is_broken = False


def circle() -> Exception:
    one, other = ValueError("one"), KeyError("other")
    one.__cause__, other.__cause__ = other, one
    return one


@coco.serialize_by_pickle
class Note:
    def __setstate__(self, state: Any) -> None:
        if is_broken:
            raise circle()

    def __getstate__(self) -> Any:
        return {"text": "a"}


class NothingError(Exception):
    def __len__(self) -> int:
        return 0


def test_out_of_a_value_that_is_read_it_is_a_miss(make_app: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    runs = []

    @coco.fn(memo=True)
    def note() -> Note:
        runs.append(1)
        return Note()

    @coco.fn
    async def main() -> bool:
        return isinstance(note(), Note)

    app = make_app(main)
    assert app.update_blocking()
    monkeypatch.setitem(globals(), "is_broken", True)
    assert app.update_blocking()
    assert len(runs) == 2


def test_out_of_what_a_file_is_read_for(make_app: Any, caplog: pytest.LogCaptureFixture) -> None:
    @coco.fn
    async def child() -> None:
        raise circle()

    @coco.fn
    async def main() -> str:
        await coco.mount(child)
        return "done"

    assert make_app(main).update_blocking() == "done"
    assert "one" in caplog.text


def test_the_reason_to_try_a_smaller_batch_counts_as_false(make_app: Any) -> None:
    @coco.fn(batching=True)
    async def work(items: list[int]) -> list[int]:
        raise coco.RetryWithSmallerBatch from NothingError()

    @coco.fn
    async def main() -> str:
        try:
            await work(1)
        except NothingError:
            return "nothing"
        return "something"

    assert make_app(main).update_blocking() == "nothing"
