"""A marked function that no component can depend on, where it is called, is told in the log: once, by its name."""

from __future__ import annotations

import asyncio
import functools
import logging
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

import cocoindex as coco
from cocoindex._function import out_of_reach


@pytest.fixture(autouse=True)
def _told_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(out_of_reach, "_told", set())


@pytest.fixture
def told(caplog: pytest.LogCaptureFixture) -> Callable[[], list[str]]:
    def messages() -> list[str]:
        return [record.getMessage() for record in caplog.records if record.levelno == logging.WARNING]

    return messages


@coco.fn
def helper(x: int) -> int:
    return x + 1


@coco.fn
async def async_helper(x: int) -> int:
    return x + 1


async def by_run_in_executor() -> Any:
    loop = asyncio.get_running_loop()
    return await asyncio.gather(*(loop.run_in_executor(None, helper, i) for i in range(3)))


def by_thread_pool() -> Any:
    with ThreadPoolExecutor(2) as pool:
        return list(pool.map(helper, range(3)))


def by_thread() -> None:
    thread = threading.Thread(target=helper, args=(1,))
    thread.start()
    thread.join()


def by_a_loop_in_a_thread() -> Any:
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(lambda: asyncio.run(async_helper(1))).result()


@pytest.mark.parametrize("way", [by_run_in_executor, by_thread_pool, by_thread, by_a_loop_in_a_thread])
def test_in_a_thread_without_the_context(make_app: Any, told: Any, way: Any) -> None:
    app = make_app(way)
    app.update_blocking()
    app.update_blocking()
    (message,) = told()
    assert "helper, which @coco.fn marks, was called in the thread" in message
    assert "get_component_context" in message


async def by_to_thread() -> Any:
    return await asyncio.to_thread(helper, 1)


async def by_as_async() -> Any:
    return await helper.as_async(1)


def by_an_attached_thread() -> Any:
    context = coco.get_component_context()

    def call() -> int:
        with context.attach():
            return helper(1)

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(call).result()


def by_a_copied_context() -> Any:
    import contextvars

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(contextvars.copy_context().run, helper, 1).result()


@coco.fn.as_async(batching=True)
def batched(xs: list[int]) -> list[int]:
    return [helper(x) for x in xs]


@coco.fn.as_async(runner=coco.GPU)
def on_gpu(x: int) -> int:
    return helper(x)


async def by_batch() -> Any:
    return await batched(1)


async def by_gpu() -> Any:
    return await on_gpu(1)


WAYS = [by_to_thread, by_as_async, by_an_attached_thread, by_a_copied_context, by_batch, by_gpu]


@pytest.mark.parametrize("way", WAYS)
def test_where_the_context_is_carried_nothing_is_told(make_app: Any, told: Any, way: Any) -> None:
    assert make_app(way).update_blocking() == 2
    assert told() == []


def test_without_an_update_nothing_is_told(told: Any) -> None:
    by_thread_pool()
    asyncio.run(by_run_in_executor())
    assert told() == []


@pytest.mark.parametrize("where", ["main thread", "sink"])
def test_what_runs_beside_an_update_or_for_no_component_is_not_told(make_app: Any, told: Any, where: str) -> None:
    done = threading.Event()

    class Handler:
        def reconcile(self, key: Any, desired: Any, prev: Any, missing: bool, /) -> Any:
            return coco.TargetReconcileOutput(action=key, sink=sink, tracking_record=1)

    @coco.TargetActionSink.from_fn
    def sink(context: Any, actions: Any) -> None:
        helper(1)

    provider = coco.register_root_target_states_provider(f"test/{where}", Handler())

    async def main() -> None:
        coco.declare_target_state(provider.target_state("a", 1))
        if where == "main thread":
            await asyncio.to_thread(done.wait)

    if where == "sink":
        make_app(main).update_blocking()
    else:
        updating = threading.Thread(target=make_app(main).update_blocking)
        updating.start()
        helper(1)
        done.set()
        updating.join()
    assert told() == []


@functools.lru_cache
@coco.fn
def cached(x: int) -> int:
    return x + 1


@coco.fn
@functools.lru_cache
def marked_above(x: int) -> int:
    return x + 1


class Model:
    @functools.cached_property
    @coco.fn
    def size(self) -> int:
        return 2


def inside() -> int:
    @functools.cache
    @coco.fn
    def local(x: int) -> int:
        return x + 1

    return local(1)


def other_cache(fn: Callable[..., Any]) -> Callable[..., Any]:
    known: dict[Any, Any] = {}

    @functools.wraps(fn)
    def wrapper(*args: Any) -> Any:
        if args not in known:
            known[args] = fn(*args)
        return known[args]

    wrapper.cache = known  # type: ignore[attr-defined]  # as cachetools does
    return wrapper


@other_cache
@coco.fn
def cached_otherwise(x: int) -> int:
    return x + 1


CACHED = [
    (lambda: cached(1), "cached", "functools.lru_cache"),
    (lambda: Model().size, "Model.size", "functools.cached_property"),
    (inside, "local", "functools.lru_cache"),
    (lambda: cached_otherwise(1), "cached_otherwise", "a cache"),
]


@pytest.mark.parametrize(("call", "name", "cache"), CACHED)
def test_below_a_cache(make_app: Any, told: Any, call: Any, name: str, cache: str) -> None:
    async def main() -> Any:
        return call()

    app = make_app(main)
    assert app.update_blocking() == app.update_blocking() == 2
    (message,) = told()
    assert f"{name}, which @coco.fn marks, is inside {cache}:" in message


def test_above_a_cache(make_app: Any, told: Any) -> None:
    async def main() -> Any:
        return marked_above(1)

    assert make_app(main).update_blocking() == 2
    assert told() == []


@coco.fn
def inner(x: int) -> int:
    return x + 1


@functools.cache
def plain(x: int) -> int:
    return sum(inner(each) for each in (x,))


class Box:
    @functools.cached_property
    def size(self) -> int:
        return inner(1)

    @functools.lru_cache  # noqa: B019
    def of(self, x: int) -> int:
        return inner(x)


def local_cache() -> int:
    @functools.cache
    def cached_here(x: int) -> int:
        return inner(x)

    return cached_here(1)


@coco.fn
def marked_around(x: int) -> int:
    return plain(x)


INSIDE = [
    (lambda: plain(1), "plain"),
    (lambda: Box().size, "Box.size"),
    (lambda: Box().of(1), "Box.of"),
    (local_cache, "cached_here"),
    (lambda: marked_around(1), "plain"),
]


@pytest.mark.parametrize(("call", "name"), INSIDE)
def test_inside_a_cached_function(make_app: Any, told: Any, call: Any, name: str) -> None:
    plain.cache_clear()
    inner._met = False  # another test has called it

    async def main() -> Any:
        return call()

    assert make_app(main).update_blocking() == 2
    (message,) = told()
    assert "inner, which @coco.fn marks, is called by " in message and f"{name}, whose results a cache" in message


def test_called_by_what_is_not_cached(make_app: Any, told: Any) -> None:
    inner._met = False  # another test has called it

    def ordinary(x: int) -> int:
        return inner(x)

    async def main() -> Any:
        return ordinary(1)

    assert make_app(main).update_blocking() == 2
    assert told() == []
