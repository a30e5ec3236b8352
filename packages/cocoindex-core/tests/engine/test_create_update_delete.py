"""A target holds what is declared: created, updated, left alone, renamed and deleted, counted."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import cocoindex as coco
from cocoindex.testing import RecordedAction, RecordingTarget


def source_app(make_app: Callable[..., Any], target: RecordingTarget, source: dict[Any, Any], **options: Any) -> Any:
    @coco.fn(memo=options.pop("memo", False))
    async def process(value: Any, key: Any) -> None:
        target.declare(key, value)

    @coco.fn
    async def main() -> None:
        for key, value in source.items():
            await coco.mount(coco.component_subpath("item", key), process, value, key)

    return make_app(main, **options)


def test_first_update_creates(make_app: Any) -> None:
    target = RecordingTarget()
    source_app(make_app, target, {"a": 1, "b": 2}).update_blocking()
    assert target.data == {"a": 1, "b": 2}
    assert len(target.actions) == 2


def test_unchanged_does_nothing(make_app: Any) -> None:
    target = RecordingTarget()
    app = source_app(make_app, target, {"a": 1, "b": 2})
    app.update_blocking()
    target.take()
    app.update_blocking()
    assert target.actions == []


def test_changed_value_is_updated_alone(make_app: Any) -> None:
    target, source = RecordingTarget(), {"a": 1, "b": 2}
    app = source_app(make_app, target, source)
    app.update_blocking()
    target.take()
    source["b"] = 3
    app.update_blocking()
    assert target.actions == [RecordedAction("upsert", "b", 3)]
    assert target.data == source


def test_removed_item_is_deleted(make_app: Any) -> None:
    target, source = RecordingTarget(), {"a": 1, "b": 2}
    app = source_app(make_app, target, source)
    app.update_blocking()
    target.take()
    del source["a"]
    app.update_blocking()
    assert target.actions == [RecordedAction("delete", "a")]
    assert target.data == {"b": 2}


def test_renamed_item_moves(make_app: Any) -> None:
    target, source = RecordingTarget(), {"a": 1}
    app = source_app(make_app, target, source)
    app.update_blocking()
    source.clear()
    source["z"] = 1
    app.update_blocking()
    assert target.data == {"z": 1}


def test_empty_source_empties_the_target(make_app: Any) -> None:
    target, source = RecordingTarget(), dict.fromkeys(range(50), 1)
    app = source_app(make_app, target, source)
    app.update_blocking()
    source.clear()
    app.update_blocking()
    assert target.data == {}


def test_memoized_component_is_skipped(make_app: Any) -> None:
    target, source = RecordingTarget(), {"a": 1, "b": 2}
    app = source_app(make_app, target, source, memo=True)
    app.update_blocking()
    source["b"] = 5
    target.take()
    handle_stats = run_and_count(app)
    assert (handle_stats.num_unchanged, handle_stats.num_reprocesses) == (1, 2)  # the main function ran again, too
    assert target.actions == [RecordedAction("upsert", "b", 5)]


def test_state_that_a_component_stops_declaring_is_deleted(make_app: Any) -> None:
    target = RecordingTarget()
    wanted = {"x": 1, "y": 2}

    @coco.fn
    async def main() -> None:
        for key, value in wanted.items():
            target.declare(key, value)

    app = make_app(main)
    app.update_blocking()
    del wanted["x"]
    app.update_blocking()
    assert target.data == {"y": 2}


def test_full_reprocess_applies_everything_again(make_app: Any) -> None:
    target = RecordingTarget()
    app = source_app(make_app, target, {"a": 1, "b": 2}, memo=True)
    app.update_blocking()
    target.data.clear()
    app.update_blocking()
    assert target.data == {}
    app.update_blocking(full_reprocess=True)
    assert target.data == {"a": 1, "b": 2}


def test_drop_removes_everything(make_app: Any) -> None:
    target = RecordingTarget()
    app = source_app(make_app, target, {"a": 1, "b": 2})
    app.update_blocking()
    app.drop_blocking()
    assert target.data == {}
    app.update_blocking()
    assert target.data == {"a": 1, "b": 2}


def run_and_count(app: Any) -> coco.ComponentStats:
    import asyncio

    async def run() -> coco.ComponentStats:
        handle = app.update()
        await handle
        stats: coco.UpdateStats | None = handle.stats()
        assert stats is not None
        return stats.total

    return asyncio.run(run())
