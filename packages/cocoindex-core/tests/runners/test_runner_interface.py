"""A runner of one's own: what it is given, what it has to give back, and what a class of runners has to have."""

from __future__ import annotations

import asyncio
import inspect
import time
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

import pytest

import cocoindex as coco
from cocoindex import errors


class Engine(coco.Runner):
    """Another engine: one method."""

    def __init__(self) -> None:
        self.calls: list[Any] = []

    async def execute(
        self,
        fn: Callable[..., Any],
        args: tuple[Any, ...],
        kwargs: Mapping[str, Any],
        *,
        deadline: float | None = None,
    ) -> Any:
        self.calls.append((fn.__qualname__, inspect.iscoroutinefunction(fn), args, dict(kwargs), deadline))
        result = fn(*args, **kwargs)
        return await result if inspect.isawaitable(result) else result


class Former(coco.Runner):
    """As runners are written for CocoIndex 1.0.26: two methods."""

    def __init__(self) -> None:
        self.calls: list[str] = []

    async def run(self, fn: Any, *args: Any, **kwargs: Any) -> Any:
        self.calls.append("run")
        return await fn(*args, **kwargs)

    async def run_sync_fn(self, fn: Any, *args: Any, **kwargs: Any) -> Any:
        self.calls.append("run_sync_fn")
        return fn(*args, **kwargs)


def functions(runner: coco.Runner) -> tuple[Any, Any]:
    @coco.fn.as_async(runner=runner)
    def sync(x: int, *, y: int = 0) -> int:
        return x + y

    @coco.fn(runner=runner)
    async def asynchronous(x: int) -> int:
        return x

    return sync, asynchronous


def test_an_engine_gets_the_function_its_arguments_and_the_deadline() -> None:
    engine = Engine()
    sync, asynchronous = functions(engine)

    async def main() -> list[int]:
        results = [await sync(1, y=2), await asynchronous(3)]
        with coco.timeout(timedelta(hours=1)):
            return [*results, await sync(4)]

    before = time.monotonic()
    assert asyncio.run(main()) == [3, 3, 4]
    names = [name.rpartition(".")[2] for name, *_ in engine.calls]
    assert names == ["sync", "asynchronous", "sync"]
    assert [call[1:4] for call in engine.calls] == [(False, (1,), {"y": 2}), (True, (3,), {}), (False, (4,), {})]
    assert [call[4] for call in engine.calls[:2]] == [None, None]
    assert before + 3600 <= engine.calls[2][4] <= time.monotonic() + 3600


def test_a_runner_of_two_methods_gets_each_kind_of_function() -> None:
    former = Former()
    sync, asynchronous = functions(former)
    assert (asyncio.run(sync(1)), asyncio.run(asynchronous(2))) == (1, 2)
    assert former.calls == ["run_sync_fn", "run"]


def test_each_way_to_ask_a_runner_leads_to_what_it_implements() -> None:
    engine = Engine()
    assert asyncio.run(engine.run_sync_fn(max, 1, 2)) == 2
    assert engine.calls[0][2:] == ((1, 2), {}, None)
    assert asyncio.run(Former().execute(max, (1, 2), {}, deadline=1.0)) == 2


def test_batches_go_through_the_runner_whole_and_without_a_deadline() -> None:
    engine = Engine()

    @coco.fn.as_async(batching=True, max_batch_size=16, runner=engine)
    def embed(xs: list[int]) -> list[int]:
        return [2 * x for x in xs]

    async def main() -> list[int]:
        with coco.timeout(timedelta(hours=1)):
            return await asyncio.gather(*(embed(x) for x in range(3)))

    assert asyncio.run(main()) == [0, 2, 4]
    assert [call[2:] for call in engine.calls] == [(([0, 1, 2],), {}, None)]


def test_methods_are_given_their_instance() -> None:
    engine = Engine()

    class Model:
        @coco.fn.as_async(runner=engine)
        def run(self, x: int) -> int:
            return x

        @coco.fn.as_async(runner=engine, batching=True)
        def embed(self, xs: list[int]) -> list[int]:
            return xs

    model = Model()
    assert asyncio.run(model.run(1)) == asyncio.run(model.embed(1)) == 1
    assert [call[2] for call in engine.calls] == [(model, 1), (model, [1])]


def test_an_exception_of_the_function_is_that_of_the_call() -> None:
    @coco.fn.as_async(runner=Engine())
    def broken() -> None:
        raise KeyError("broken")

    with pytest.raises(KeyError, match="broken"):
        asyncio.run(broken())


def test_what_is_memoized_does_not_reach_the_runner(make_app: Any) -> None:
    engine = Engine()

    @coco.fn.as_async(memo=True, runner=engine)
    def work(x: int) -> int:
        return x

    async def main() -> int:
        return await work(1)

    app = make_app(main)
    assert app.update_blocking() == app.update_blocking() == 1
    assert len(engine.calls) == 1


def test_a_function_with_a_runner_can_be_mounted(make_app: Any) -> None:
    engine = Engine()
    sync, _ = functions(engine)

    async def main() -> Any:
        return await coco.use_mount(sync, 1, y=1)

    assert make_app(main).update_blocking() == 2
    assert len(engine.calls) == 1


class Nothing(coco.Runner):
    pass


class Half(coco.Runner):
    async def run(self, fn: Any, *args: Any, **kwargs: Any) -> Any: ...


@pytest.mark.parametrize("kind", [coco.Runner, Nothing, Half])
def test_a_class_that_can_run_nothing_has_no_instances(kind: type[coco.Runner]) -> None:
    with pytest.raises(
        errors.RunnerError, match=rf"abstract class {kind.__qualname__}.*execute\(\), or both"
    ) as caught:
        kind()
    assert isinstance(caught.value, TypeError)


class SyncExecute(coco.Runner):
    def execute(self, fn: Any, args: Any, kwargs: Any, *, deadline: Any = None) -> Any:
        return 5


class SyncRun(coco.Runner):
    def run(self, fn: Any, *args: Any, **kwargs: Any) -> Any:
        return 5

    def run_sync_fn(self, fn: Any, *args: Any, **kwargs: Any) -> Any:
        return 5


class Deferred(coco.Runner):
    """Its method is no `async def`, and gives what can be awaited."""

    def execute(self, fn: Any, args: Any, kwargs: Any, *, deadline: Any = None) -> Any:
        return asyncio.get_running_loop().run_in_executor(None, lambda: fn(*args, **kwargs))


@pytest.mark.parametrize(
    ("runner", "method"), [(SyncExecute(), "SyncExecute.execute"), (SyncRun(), "SyncRun.run_sync_fn")]
)
def test_a_method_whose_result_cannot_be_awaited_is_named(runner: coco.Runner, method: str) -> None:
    sync, _ = functions(runner)
    with pytest.raises(errors.RunnerError, match=rf"{method}\(\) returned a int, which cannot be awaited") as caught:
        asyncio.run(sync(1))
    assert isinstance(caught.value, TypeError)


def test_a_method_may_give_a_future() -> None:
    sync, _ = functions(Deferred())
    assert asyncio.run(sync(1, y=2)) == 3
