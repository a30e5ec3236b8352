"""A component that no longer uses a container, which others still use, has its target states there removed."""

from __future__ import annotations

from typing import Any

import pytest

import cocoindex as coco
from cocoindex.testing import RecordingContainers

at = coco.component_subpath


class Program:
    """Components that mount one table, and declare rows in it.

    Attributes:
        rows: the rows of each component; one without rows does not mount the table.
        ran: the components that ran in the last update.
    """

    def __init__(self, make_app: Any, *, memo: bool, order: str) -> None:
        self.target = RecordingContainers()
        self.rows: dict[str, tuple[str, ...]] = {}
        self.ran: list[str] = []
        target, ran = self.target, self.ran

        @coco.fn(memo=memo)
        async def user(name: str, rows: tuple[str, ...]) -> None:
            ran.append(name)
            if rows:
                table = await coco.mount_target(target.table("table"))
                for row in rows:
                    coco.declare_target_state(table.target_state(row, 1))

        @coco.fn
        async def main() -> None:
            for name in order:
                await coco.mount(at(name), user, name, self.rows[name])

        self.app = make_app(main)

    def update(self, **rows: str) -> set[str]:
        """Return what is in the table after an update with these rows."""
        self.rows.update({name: tuple(text) for name, text in rows.items()})
        self.ran.clear()
        self.app.update_blocking()
        return set(self.target.tables.get("table", {}))


@pytest.mark.parametrize("memo", [False, True])
@pytest.mark.parametrize("order", ["ab", "ba"])
def test_it_is_removed_at_once(make_app: Any, memo: bool, order: str) -> None:
    program = Program(make_app, memo=memo, order=order)
    assert program.update(a="f", b="") == {"f"}
    assert program.update(a="", b="g") == {"g"}
    assert program.update(a="f", b="g") == {"f", "g"}
    assert program.update(a="") == {"g"}  # b is skipped if it is memoized, and has to run for that
    assert program.update() == {"g"}
    assert program.ran == ([] if memo else [*order])
    assert program.update(b="") == set()


@pytest.mark.parametrize("order", ["abc", "cba", "bca"])
def test_a_row_that_another_one_declares_too_stays(make_app: Any, order: str) -> None:
    program = Program(make_app, memo=True, order=order)
    assert program.update(a="fx", b="g", c="fg") == {"f", "g", "x"}
    assert program.update(a="", b="") == {"f", "g"}
    assert program.update() == {"f", "g"}
    assert program.ran == []
    assert program.update(c="h") == {"h"}


def test_a_removal_that_fails_is_told_and_tried_again(make_app: Any, caplog: pytest.LogCaptureFixture) -> None:
    program = Program(make_app, memo=True, order="ab")
    program.update(a="f", b="g")
    program.target.rows.fail_keys.add("f")
    assert program.update(a="") == {"f", "g"}
    assert "told to fail" in caplog.text and '/"a"' in caplog.text
    program.target.rows.fail_keys.clear()
    assert program.update() == {"g"}
    program.update()
    assert program.ran == []
