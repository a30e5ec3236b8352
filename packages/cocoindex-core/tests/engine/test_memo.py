"""Memoized means skipped: what makes a result valid, what a hit carries over, what makes it run again."""

from __future__ import annotations

import gc
from typing import Any

import pytest

import cocoindex as coco
from cocoindex.testing import RecordingTarget


def test_memoized_call_replays_result_and_target_states(make_app: Any) -> None:
    target, runs = RecordingTarget(), []
    texts = ["a", "b"]
    touched = {"n": 0}

    @coco.fn(memo=True)
    async def inner(text: str) -> str:
        runs.append(("inner", text))
        return text.upper()

    @coco.fn(memo=True)
    async def outer(text: str) -> str:
        runs.append(("outer", text))
        target.declare(text, 1)
        return await inner(text) + "!"

    @coco.fn
    async def main() -> list[str]:
        touched["n"] += 1
        return [await outer(text) for text in texts]

    app = make_app(main)
    assert app.update_blocking() == ["A!", "B!"]
    runs.clear()
    assert app.update_blocking() == ["A!", "B!"]
    assert runs == [] and touched["n"] == 2
    assert target.data == {"a": 1, "b": 1}
    texts.remove("b")
    assert app.update_blocking() == ["A!"]
    assert target.data == {"a": 1}
    texts.append("b")
    app.update_blocking()
    assert runs == [("outer", "b"), ("inner", "b")]
    assert target.data == {"a": 1, "b": 1}


def test_a_logic_change_reaches_memoized_callers_through_plain_functions(make_app: Any) -> None:
    runs: list[int] = []

    def update(version: int) -> None:
        @coco.fn(version=version)
        def helper() -> int:
            return version

        def plain() -> int:
            return helper()

        @coco.fn(memo=True, version=1)
        async def component() -> None:
            runs.append(plain())

        async def main() -> None:
            await coco.mount(component)

        make_app(main).update_blocking()

    for version in (1, 1, 2, 2):
        update(version)
        gc.collect()  # logic is valid while a function that has it is alive
    assert runs == [1, 2]


def test_context_change_makes_results_invalid(tmp_path: Any) -> None:
    key = coco.ContextKey[str]("model", detect_change=True)
    quiet = coco.ContextKey[str]("quiet")
    runs: list[tuple[str, str]] = []

    @coco.fn(memo=True)
    async def component() -> None:
        runs.append((coco.use_context(key), coco.use_context(quiet)))

    async def main() -> None:
        await coco.mount(component)

    def update(model: str, other: str) -> None:
        provider = coco.ContextProvider()
        provider.provide(key, model)
        provider.provide(quiet, other)
        env = coco.Environment(coco.Settings(db_path=tmp_path / "db"), context_provider=provider)
        coco.App(coco.AppConfig("app", environment=env), main).update_blocking()
        env.close()

    update("m1", "q1")
    update("m1", "q2")
    update("m2", "q2")
    assert runs == [("m1", "q1"), ("m2", "q2")]


def test_memo_state_decides_and_is_kept(make_app: Any) -> None:
    calls: list[Any] = []

    class File:
        def __init__(self) -> None:
            self.mtime, self.content = 1, "x"

        def __coco_memo_key__(self) -> object:
            return "the file"

        def __coco_memo_state__(self, prev: tuple[int, str] | coco.NonExistenceType) -> coco.MemoStateOutcome:
            calls.append(prev)
            state = (self.mtime, self.content)
            if coco.is_non_existence(prev):
                return coco.MemoStateOutcome(state)
            return coco.MemoStateOutcome(state, memo_valid=prev[1] == self.content)

    file, runs = File(), []

    @coco.fn(memo=True)
    async def component(f: File) -> None:
        runs.append(f.content)

    @coco.fn
    async def main() -> None:
        await coco.mount_each(component, [("f", file)])

    app = make_app(main)
    app.update_blocking()
    app.update_blocking()
    assert runs == ["x"]
    file.mtime = 2
    app.update_blocking()
    assert runs == ["x"]
    calls.clear()
    app.update_blocking()
    assert tuple(calls[0]) == (2, "x")
    file.content, file.mtime = "y", 3
    app.update_blocking()
    app.update_blocking()
    assert runs == ["x", "y"]


def test_hit_carries_children_and_a_run_that_drops_them_removes_them(make_app: Any) -> None:
    target = RecordingTarget()
    state: dict[str, Any] = {"keys": ("a", "b"), "runs": 0}

    @coco.fn
    async def child(key: str) -> None:
        target.declare(key, 1)

    @coco.fn(memo=True)
    async def parent(keys: tuple[str, ...]) -> None:
        state["runs"] += 1
        await coco.mount_each(child, [(key, key) for key in keys])

    @coco.fn
    async def main() -> None:
        await coco.mount(parent, state["keys"])

    app = make_app(main)
    app.update_blocking()
    app.update_blocking()
    assert state["runs"] == 1 and target.data == {"a": 1, "b": 1}
    state["keys"] = ("a",)
    app.update_blocking()
    assert state["runs"] == 2 and target.data == {"a": 1}
    app.update_blocking()
    assert state["runs"] == 2 and target.data == {"a": 1}


def test_exception_is_never_memoized(make_app: Any) -> None:
    tries: list[int] = []

    @coco.fn(memo=True)
    async def flaky() -> int:
        tries.append(1)
        if len(tries) == 1:
            raise ValueError("once")
        return 5

    @coco.fn
    async def main() -> int:
        try:
            return await flaky()
        except ValueError:
            return await flaky()

    app = make_app(main)
    assert app.update_blocking() == 5
    assert app.update_blocking() == 5
    assert len(tries) == 2


def test_memoized_result_is_rebuilt_with_its_type(make_app: Any) -> None:
    @coco.fn(memo=True)
    async def component() -> tuple[int, frozenset[str]]:
        return (1, frozenset({"x"}))

    @coco.fn
    async def main() -> Any:
        return await coco.use_mount(component)

    app = make_app(main)
    assert app.update_blocking() == app.update_blocking() == (1, frozenset({"x"}))


def test_sync_memoized_call_in_a_sync_component(make_app: Any) -> None:
    runs: list[int] = []

    @coco.fn(memo=True)
    def square(n: int) -> int:
        runs.append(n)
        return n * n

    @coco.fn
    def main() -> int:
        return square(3) + square(3)

    app = make_app(main)
    assert app.update_blocking() == 18
    assert app.update_blocking() == 18
    assert runs == [3]


def test_memo_key_overrides(make_app: Any) -> None:
    runs: list[Any] = []

    @coco.fn(memo=True, memo_key={"entry": lambda e: e["id"], "log": None})
    async def transform(entry: dict[str, Any], log: object) -> int:
        runs.append(entry["id"])
        return 1

    entries = [{"id": 1, "noise": 1}]

    @coco.fn
    async def main() -> None:
        for entry in entries:
            await transform(entry, object())

    app = make_app(main)
    app.update_blocking()
    entries[0]["noise"] = 2
    app.update_blocking()
    assert runs == [1]
    entries[0]["id"] = 2
    app.update_blocking()
    assert runs == [1, 2]


def test_unserializable_result_is_an_error_that_names_the_type(make_app: Any) -> None:
    class Odd:
        pass

    @coco.fn(memo=True)
    async def component() -> Odd:
        return Odd()

    @coco.fn
    async def main() -> None:
        await coco.use_mount(component)

    with pytest.raises(Exception, match="Odd"):
        make_app(main).update_blocking()
