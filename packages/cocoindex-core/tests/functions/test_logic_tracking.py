"""`logic_tracking`, `version` and `deps`: how far a change of code makes memoized results invalid."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import cocoindex as coco

Run = Callable[..., list[Any]]
HIT = ["ran", "|", "|", "|", "|"]
MISS = ["ran", "|", "|", "ran", "|", "|"]


@pytest.mark.parametrize(
    ("outer", "inner", "seen"),
    [
        ("full", "full", MISS),
        ("full", "self", MISS),
        ("full", None, HIT),
        ("self", "full", HIT),
        ("self", "self", HIT),
        (None, "full", HIT),
        (None, None, HIT),
    ],
)
def test_the_logic_of_a_called_function_counts_as_both_say(
    run_versions: Run, outer: Any, inner: Any, seen: Any
) -> None:
    def build(version: int, log: list[Any]) -> Any:
        @coco.fn(version=version, logic_tracking=inner)
        def called() -> int:
            return version

        @coco.fn(memo=True, version=1, logic_tracking=outer)
        def calling() -> int:
            log.append("ran")
            return called()

        @coco.fn(version=1)
        async def main() -> int:
            return calling()

        return main

    assert run_versions(build) == seen


@pytest.mark.parametrize(("between", "seen"), [("full", MISS), ("self", HIT), (None, HIT)])
def test_self_and_none_stop_what_is_called_below(run_versions: Run, between: Any, seen: Any) -> None:
    def build(version: int, log: list[Any]) -> Any:
        @coco.fn(version=version)
        def low() -> int:
            return version

        @coco.fn(version=1, logic_tracking=between)
        def middle() -> int:
            return low()

        @coco.fn(memo=True, version=1)
        async def high() -> int:
            log.append("ran")
            return middle()

        @coco.fn(version=1)
        async def main() -> int:
            return await high()

        return main

    assert run_versions(build) == seen


@pytest.mark.parametrize(("tracking", "seen"), [("full", MISS), ("self", MISS), (None, HIT)])
def test_own_logic_counts_unless_tracking_is_none(run_versions: Run, tracking: Any, seen: Any) -> None:
    def build(version: int, log: list[Any]) -> Any:
        @coco.fn(memo=True, version=version, logic_tracking=tracking)
        def own() -> None:
            log.append("ran")

        @coco.fn(version=1)
        async def main() -> None:
            own()

        return main

    assert run_versions(build) == seen


@pytest.mark.parametrize("tracking", ["full", "self", None])
def test_a_mounted_child_counts_regardless_of_the_parents_tracking(run_versions: Run, tracking: Any) -> None:
    def build(version: int, log: list[Any]) -> Any:
        @coco.fn(version=version)
        async def child() -> None:
            log.append("ran")

        @coco.fn(memo=True, version=1, logic_tracking=tracking)
        async def parent() -> None:
            await coco.use_mount(child)

        @coco.fn(version=1)
        async def main() -> None:
            await coco.use_mount(parent)

        return main

    assert run_versions(build) == MISS


def test_bumping_a_version_invalidates_all_memoized_callers(run_versions: Run) -> None:
    def build(version: int, log: list[Any]) -> Any:
        @coco.fn(version=version)
        def chunk() -> int:
            return 1

        @coco.fn(memo=True, version=1)
        def a() -> None:
            log.append("a")
            chunk()

        @coco.fn(memo=True, version=1)
        def b() -> None:
            log.append("b")
            a()

        @coco.fn(version=1)
        async def main() -> None:
            b()

        return main

    assert run_versions(build) == ["b", "a", "|", "|", "b", "a", "|", "|"]


@pytest.mark.parametrize("deps", [lambda v: f"prompt {v}", lambda v: {"prompt": v, "model": "m"}, lambda v: ("p", v)])
def test_editing_a_dep_invalidates_as_a_logic_change_does(run_versions: Run, deps: Callable[[int], Any]) -> None:
    def build(version: int, log: list[Any]) -> Any:
        @coco.fn(deps=deps(version), version=1)
        def prompt() -> None: ...

        @coco.fn(memo=True, version=1)
        def summarize() -> None:
            log.append("ran")
            prompt()

        @coco.fn(version=1)
        async def main() -> None:
            summarize()

        return main

    assert run_versions(build) == MISS


def test_deps_are_taken_once_when_the_decorator_runs(make_app: Any) -> None:
    runs: list[int] = []
    prompt = {"text": "a"}

    @coco.fn(memo=True, deps=prompt)
    def summarize() -> None:
        runs.append(1)

    async def main() -> None:
        summarize()

    app = make_app(main)
    app.update_blocking()
    prompt["text"] = "b"
    app.update_blocking()
    assert runs == [1]


@pytest.mark.parametrize("tracking", ["full", "self", None])
@pytest.mark.parametrize("mounted", [False, True])
def test_a_context_change_invalidates_whatever_the_tracking(tmp_path: Any, tracking: Any, mounted: bool) -> None:
    key = coco.ContextKey[int](f"model {tracking} {mounted}", detect_change=True)
    log: list[Any] = []

    @coco.fn(memo=True)
    def inner() -> int:
        return coco.use_context(key)

    @coco.fn(memo=True, logic_tracking=tracking)
    async def outer() -> int:
        log.append("ran")
        return inner()

    async def main() -> int:
        return await (coco.use_mount(outer) if mounted else outer())

    for model in (1, 1, 2, 2):
        provider = coco.ContextProvider()
        provider.provide(key, model)
        env = coco.Environment(coco.Settings(db_path=tmp_path / "db"), context_provider=provider)
        log.append(coco.App(coco.AppConfig("app", environment=env), main).update_blocking())
        env.close()
    assert log == ["ran", 1, 1, "ran", 2, 2]
