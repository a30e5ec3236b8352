"""Whatever a value raises where it is asked for its content fails the component that uses it, and no other."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

import cocoindex as coco
from cocoindex.errors import CocoIndexError

Make = Callable[..., coco.App[Any, Any]]


class Panic(BaseException):
    def __str__(self) -> str:
        raise self


EXCEPTIONS: list[Callable[[], BaseException]] = [
    ValueError, Panic, GeneratorExit, StopIteration, asyncio.CancelledError, lambda: BaseExceptionGroup("g", [Panic()]),
]  # fmt: skip
METHODS = ["__coco_memo_key__", "__reduce_ex__", "__reduce__", "__getstate__"]


class Handler:
    def reconcile(self, key: Any, desired: Any, previous: Any, may_be_missing: bool, /) -> Any:
        return coco.TargetReconcileOutput(key, sink, desired)


sink: Any = coco.TargetActionSink.from_fn(lambda context, actions: None)
states = coco.register_root_target_states_provider("values_that_raise", Handler())


def rude(method: str, make: Callable[[], BaseException]) -> Any:
    def raising(*_args: Any) -> Any:
        raise make()

    made: Any = type("Rude", (), {method: raising})
    return coco.serialize_by_pickle(made)()


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("make", EXCEPTIONS)
def test_the_component_fails_and_no_other(make_app: Make, method: str, make: Callable[[], BaseException]) -> None:
    value, ran, failures = rude(method, make), [], []

    @coco.fn(memo=True)
    def component(x: Any) -> None:
        pass

    @coco.fn(memo=True)
    def called(x: Any) -> int:
        return 1

    @coco.fn
    def calling() -> None:
        called({"a": [value]})

    @coco.fn(memo=True)
    def giving() -> Any:
        return value

    @coco.fn
    def declaring() -> None:
        coco.declare_target_state(states.target_state("key", value))

    @coco.fn
    def keeping() -> None:
        coco.use_state("key", value)

    @coco.fn
    def good() -> None:
        ran.append(1)

    def note(error: BaseException, context: coco.ExceptionContext) -> None:
        failures.append(error)

    async def main() -> None:
        async with coco.exception_handler(note):
            await coco.mount(coco.component_subpath("component"), component, value)
            for name, fn in (("call", calling), ("result", giving), ("record", declaring), ("state", keeping)):
                await coco.mount(coco.component_subpath(name), fn)
            await coco.mount(coco.component_subpath("good"), good)

    make_app(main).update_blocking()
    assert (ran, len(failures)) == ([1], 5)
    if not isinstance(make(), Exception):
        assert all(isinstance(error, CocoIndexError) for error in failures)
