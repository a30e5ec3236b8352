"""What is in a container can be removed also if all components that declare the container are skipped."""

from __future__ import annotations

import logging
from collections.abc import Collection, Sequence
from typing import Any

import pytest

import cocoindex as coco


class Table:
    """A target of containers; `data` is what is in all of them.

    Attributes:
        rows: the handler of what is in a container.
    """

    def __init__(self, name: str) -> None:
        self.data: dict[Any, Any] = {}
        self.made: list[Any] = []
        self.rows = Rows(self.data)
        self.sink = coco.TargetActionSink.from_fn(self._apply, child_handler=lambda context, action: self.rows)
        self.provider: Any = coco.register_root_target_states_provider(name, self)

    def reconcile(
        self, key: Any, desired: Any, prev: Collection[Any], missing: bool, /
    ) -> coco.TargetReconcileOutput[Any, Any, Any]:
        if coco.is_non_existence(desired):
            return coco.TargetReconcileOutput((key, None), self.sink, coco.NON_EXISTENCE)
        return coco.TargetReconcileOutput((key, desired), self.sink, desired)

    def _apply(self, context: coco.ContextProvider, actions: Sequence[tuple[Any, Any]]) -> None:
        self.made += actions
        if any(value is None for _, value in actions):
            self.data.clear()


class Rows:
    """The rows of a container; those of an attachment have keys of their own."""

    def __init__(self, data: dict[Any, Any], *, is_attachment: bool = False) -> None:
        self._data = data
        self._is_attachment = is_attachment
        self._sink = coco.TargetActionSink.from_fn(self._apply)

    def attachments(self) -> dict[str, Any]:
        return {} if self._is_attachment else {"index": Rows(self._data, is_attachment=True)}

    def reconcile(
        self, key: Any, desired: Any, prev: Collection[Any], missing: bool, /
    ) -> coco.TargetReconcileOutput[Any, Any] | None:
        if not missing and list(prev) == [desired]:
            return None
        gone = coco.is_non_existence(desired)
        return coco.TargetReconcileOutput((key, None if gone else desired), self._sink, desired)

    def _apply(self, context: coco.ContextProvider, actions: Sequence[tuple[Any, Any]]) -> None:
        for key, value in actions:
            if value is None:
                self._data.pop(key, None)
            else:
                self._data[key] = value


class Program:
    """Some memoized components that declare one container, each with a row and an attachment below it.

    Attributes:
        ran: the components that ran.
        broken: the components that fail.
    """

    def __init__(self, make_app: Any, name: str, *, memo_above: bool = False) -> None:
        self.table = table = Table(f"test/{name}")
        self.numbers: list[int] = []
        self.broken: set[int] = set()
        self.ran: list[int] = []

        @coco.fn(memo=True)
        async def contents(rows: Any, number: int) -> None:
            coco.declare_target_state(rows.target_state(number, "row"))
            coco.declare_target_state(rows.attachment("index").target_state(-number, "index"))

        @coco.fn(memo=True)
        async def component(number: int, is_broken: bool) -> None:
            self.ran.append(number)
            if is_broken:
                raise ValueError("broken")
            rows = await coco.mount_target(table.provider.target_state("table", 1))
            await coco.mount(coco.component_subpath("contents"), contents, rows, number)

        @coco.fn(memo=memo_above)
        async def above(numbers: list[int], broken: set[int]) -> None:
            for number in numbers:
                await coco.mount(coco.component_subpath(number), component, number, number in broken)

        @coco.fn
        async def main() -> None:
            await coco.mount(above, self.numbers, self.broken)

        self.app = make_app(main)

    def update(self, *numbers: int) -> None:
        self.numbers = [*numbers]
        self.ran.clear()
        self.app.update_blocking()

    def holds(self, *numbers: int) -> bool:
        return self.table.data == dict.fromkeys(numbers, "row") | {-n: "index" for n in numbers}


@pytest.mark.parametrize("memo_above", [False, True])
def test_rows_go_with_the_components_that_declared_them(
    make_app: Any, memo_above: bool, caplog: pytest.LogCaptureFixture
) -> None:
    program = Program(make_app, f"rows_go_{memo_above}", memo_above=memo_above)
    program.update(1, 2, 3)
    assert program.holds(1, 2, 3)
    program.update(2)
    assert program.holds(2)
    assert set(program.ran) <= {2}
    program.table.made.clear()
    program.update(2)
    assert (program.ran, program.table.made) == ([], [])
    program.update()
    assert program.holds()
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]


@pytest.mark.parametrize("memo_above", [False, True])
def test_a_row_that_cannot_be_removed_is_told_and_goes_later(
    make_app: Any, memo_above: bool, caplog: pytest.LogCaptureFixture
) -> None:
    program = Program(make_app, f"told_{memo_above}", memo_above=memo_above)
    program.update(1, 2)
    program.broken = {2}
    program.update(2)
    assert program.ran == [2]
    assert program.holds(1, 2)
    assert "cannot be removed: their container was not declared in this run, or that failed" in caplog.text
    program.broken = set()
    program.update(2)
    assert program.holds(2)
    program.update(2)
    assert program.ran == []
