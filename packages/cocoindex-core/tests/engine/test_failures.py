"""A failure stays where it happened: it is counted, told to the handlers, and tried again by the next update."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from typing import Any

import pytest

import cocoindex as coco
from cocoindex.testing import RecordingTarget


def each_app(make_app: Any, target: RecordingTarget, source: dict[str, Any], **options: Any) -> Any:
    @coco.fn(memo=True)
    async def process(value: Any, key: str) -> None:
        if value == "bad":
            raise ValueError(f"cannot process {key}")
        target.declare(key, value)

    @coco.fn
    async def main() -> None:
        for key, value in source.items():
            await coco.mount(coco.component_subpath(key), process, value, key)

    return make_app(main, **options)


def test_one_bad_item_fails_alone_and_is_logged_with_its_path(make_app: Any, caplog: pytest.LogCaptureFixture) -> None:
    target = RecordingTarget()
    with caplog.at_level(logging.ERROR, logger="cocoindex"):
        each_app(make_app, target, {"a": 1, "b": "bad", "c": 3}).update_blocking()
    assert target.data == {"a": 1, "c": 3}
    assert '/"b"' in caplog.text and "cannot process b" in caplog.text


def test_failed_item_keeps_what_it_had_and_is_tried_again(make_app: Any, caplog: pytest.LogCaptureFixture) -> None:
    target, source = RecordingTarget(), {"a": 1, "b": 2}
    app = each_app(make_app, target, source)
    app.update_blocking()
    source["b"] = "bad"  # type: ignore[assignment]
    app.update_blocking()
    assert target.data == {"a": 1, "b": 2}
    source["b"] = 5
    app.update_blocking()
    assert target.data == {"a": 1, "b": 5}


def test_failed_action_fails_its_component_alone(make_app: Any, caplog: pytest.LogCaptureFixture) -> None:
    target = RecordingTarget()
    source = {str(n): n for n in range(100)}
    app = each_app(make_app, target, source)
    target.fail_keys = {"42"}
    app.update_blocking()
    assert target.data == {k: v for k, v in source.items() if k != "42"}
    assert len(target.batches) <= 2 * (2 + 2 * 7)
    target.fail_keys = set()
    app.update_blocking()
    assert target.data == source


def test_dead_sink_fails_fast_and_the_next_update_converges(make_app: Any, caplog: pytest.LogCaptureFixture) -> None:
    target = RecordingTarget()
    source = {str(n): n for n in range(300)}
    app = each_app(make_app, target, source)
    target.fail_keys = set(source)
    app.update_blocking()
    assert target.data == {}
    assert len(target.batches) < 60
    target.fail_keys = set()
    app.update_blocking()
    assert target.data == source


def test_main_function_failure_raises(make_app: Any) -> None:
    @coco.fn
    async def main() -> None:
        raise KeyError("x")

    with pytest.raises(KeyError, match="x"):
        make_app(main).update_blocking()


def test_use_mount_raises_the_childs_own_exception(make_app: Any) -> None:
    seen: list[str] = []

    @coco.fn
    async def child() -> None:
        raise LookupError("gone")

    @coco.fn
    async def main() -> None:
        try:
            await coco.use_mount(child)
        except LookupError as exc:
            seen.append(str(exc))

    make_app(main).update_blocking()
    assert seen == ["gone"]


def test_ready_raises_what_leaves_the_outermost_handler(make_app: Any) -> None:
    told: list[tuple[str, str, str]] = []

    async def outer(exc: BaseException, ctx: coco.ExceptionContext) -> None:
        told.append(("outer", type(exc).__name__, ctx.source))
        assert isinstance(ctx.original_exception, ValueError)
        raise exc

    def inner(exc: BaseException, ctx: coco.ExceptionContext) -> None:
        told.append(("inner", type(exc).__name__, ctx.source))
        raise RuntimeError("handler failed")

    @coco.fn
    async def child() -> None:
        raise ValueError("first")

    @coco.fn
    async def main() -> str:
        async with coco.exception_handler(outer), coco.exception_handler(inner):
            handle = await coco.mount(child)
        try:
            await handle.ready()
        except RuntimeError as exc:
            return str(exc)
        return "nothing"

    assert make_app(main).update_blocking() == "handler failed"
    assert told == [("inner", "ValueError", "component"), ("outer", "RuntimeError", "handler")]


def test_failed_parent_sweeps_nothing(make_app: Any) -> None:
    target = RecordingTarget()
    state = {"fail": False, "keys": ["a", "b"]}

    @coco.fn
    async def child(key: str) -> None:
        target.declare(key, 1)

    @coco.fn
    async def main() -> None:
        for key in state["keys"]:  # type: ignore[attr-defined]
            await coco.mount(coco.component_subpath(key), child, key)
        if state["fail"]:
            raise RuntimeError("half way")

    app = make_app(main)
    app.update_blocking()
    state.update(fail=True, keys=["a"])
    with pytest.raises(RuntimeError, match="half way"):
        app.update_blocking()
    assert target.data == {"a": 1, "b": 1}
    state["fail"] = False
    app.update_blocking()
    assert target.data == {"a": 1}


def test_failed_removal_is_tried_again(make_app: Any, caplog: pytest.LogCaptureFixture) -> None:
    target, source = RecordingTarget(), {"a": 1, "b": 2}
    app = each_app(make_app, target, source)
    app.update_blocking()
    del source["b"]
    target.fail_keys = {"b"}
    app.update_blocking()
    assert target.data == {"a": 1, "b": 2}
    target.fail_keys = set()
    app.update_blocking()
    assert target.data == {"a": 1}


def test_drop_raises_and_keeps_what_could_not_be_removed(make_app: Any) -> None:
    target, source = RecordingTarget(), {"a": 1, "b": 2}
    app = each_app(make_app, target, source)
    app.update_blocking()
    target.fail_keys = {"b"}
    with pytest.raises(RuntimeError, match='/"b"'):
        app.drop_blocking()
    assert target.data == {"b": 2}
    target.fail_keys = set()
    app.drop_blocking()
    assert target.data == {}


def test_memoized_parent_runs_again_while_a_child_fails(make_app: Any, caplog: pytest.LogCaptureFixture) -> None:
    target = RecordingTarget()
    state = {"fail": True, "runs": 0}

    @coco.fn
    async def child() -> None:
        if state["fail"]:
            raise ValueError("not yet")
        target.declare("x", 1)

    @coco.fn(memo=True)
    async def parent() -> None:
        state["runs"] += 1
        await coco.mount(child)

    @coco.fn
    async def main() -> None:
        await coco.mount(parent)

    app = make_app(main)
    app.update_blocking()
    state["fail"] = False
    app.update_blocking()
    assert target.data == {"x": 1} and state["runs"] == 2
    app.update_blocking()
    assert state["runs"] == 2


def test_what_a_sink_gives_up_fails_its_component_only(make_app: Any) -> None:
    applied: list[int] = []

    async def apply(_context: coco.ContextProvider, actions: Sequence[int]) -> None:
        if 2 in actions and not applied:
            waiting = asyncio.ensure_future(asyncio.sleep(60))
            asyncio.get_running_loop().call_soon(waiting.cancel)
            await waiting
        applied.extend(actions)

    sink: coco.TargetActionSink[int] = coco.TargetActionSink.from_async_fn(apply)

    class Handler:
        def reconcile(self, key: Any, desired: Any, previous: Any, missing: bool, /) -> Any:
            return coco.TargetReconcileOutput(key, sink, 1) if missing else None

    provider = coco.register_root_target_states_provider("given_up", Handler())

    @coco.fn
    async def child(n: int) -> None:
        coco.declare_target_state(provider.target_state(n, n))

    @coco.fn
    async def main() -> None:
        await coco.mount_each(child, [(2, 2)])

    app = make_app(main)
    app.update_blocking()
    assert applied == []
    applied.append(0)
    app.update_blocking()
    assert applied == [0, 2]
