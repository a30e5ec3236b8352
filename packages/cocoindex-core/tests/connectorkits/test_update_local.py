"""A value of one update of one app."""

from __future__ import annotations

import asyncio
from typing import Any

import cocoindex as coco
from cocoindex.connectorkits.update_local import update_local


def test_all_components_and_threads_of_an_update_share_it_and_the_next_has_another(make_app: Any) -> None:
    seen: list[list[int] | None] = []

    @coco.fn
    async def asynchronous(_: int) -> None:
        seen.append(update_local("test", list))
        seen.append(await asyncio.to_thread(update_local, "test", list))

    @coco.fn
    def synchronous(_: int) -> None:
        seen.append(update_local("test", list))

    @coco.fn
    async def main() -> None:
        await coco.mount_each(coco.component_subpath("a"), asynchronous, [(1, 1), (2, 2)])
        await coco.mount_each(coco.component_subpath("s"), synchronous, [(1, 1), (2, 2)])

    app = make_app(main)
    app.update_blocking()
    assert len(seen) == 6
    assert seen[0] is not None and all(each is seen[0] for each in seen)
    other = make_app(main, name="other")
    other.update_blocking()
    app.update_blocking()
    assert len({id(each) for each in seen}) == 3


def test_keys_are_apart(make_app: Any) -> None:
    @coco.fn
    def main() -> tuple[str | None, str | None]:
        return update_local("a", lambda: "A"), update_local("b", lambda: "B")

    assert make_app(main).update_blocking() == ("A", "B")


def test_where_no_component_runs_there_is_none() -> None:
    assert update_local("test", list) is None
