"""A sink that cannot be called as it will be is refused when it is built; what it returns is told of at the call."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import pytest

import cocoindex as coco
from cocoindex.errors import TargetHandlerError

Sink = coco.TargetActionSink
applied: list[Any] = []


def apply(context: Any, actions: Any) -> None:
    applied.extend(actions)


async def apply_async(context: Any, actions: Any) -> None:
    applied.extend(actions)


async def with_slots_async(context: Any, actions: Any, slots: Any) -> None: ...


class Applies:
    def __call__(self, context: Any, actions: Any) -> None:
        applied.extend(actions)


class AppliesAsync:
    async def __call__(self, context: Any, actions: Any) -> None:
        applied.extend(actions)


def none() -> None: ...


def one(actions: Any) -> None: ...


def three(context: Any, actions: Any, slots: Any) -> None: ...


@pytest.mark.parametrize("build", [Sink.from_fn, Sink.from_async_fn])
@pytest.mark.parametrize("wrong", [None, 5, "apply", [apply]])
def test_what_is_no_function(build: Any, wrong: Any) -> None:
    with pytest.raises(TargetHandlerError, match="a sink is a function of the context provider and actions, not"):
        build(wrong)


@pytest.mark.parametrize("build", [Sink.from_fn, Sink.from_async_fn])
@pytest.mark.parametrize(("wrong", "why"), [(none, "too many"), (one, "too many"), (three, "missing .*'slots'")])
def test_what_does_not_take_its_arguments(build: Any, wrong: Any, why: str) -> None:
    with pytest.raises(TargetHandlerError, match=f"context provider and actions, which {wrong.__name__} .*: {why}"):
        build(wrong)


@pytest.mark.parametrize("wrong", [apply, apply_async])
def test_what_does_not_take_child_slots(wrong: Any) -> None:
    with pytest.raises(TargetHandlerError, match="context provider, actions and child slots, which apply"):
        Sink.from_async_fn_with_children(wrong)


@pytest.mark.parametrize("wrong", [apply_async, AppliesAsync()])
def test_an_async_function_where_a_sync_one_is_wanted(wrong: Any) -> None:
    with pytest.raises(TargetHandlerError, match=r"TargetActionSink\.from_async_fn\(\) is for async ones"):
        Sink.from_fn(wrong)
    with pytest.raises(TargetHandlerError, match=r"from_async_fn\(\) is for async ones"):
        Sink.from_fn_with_children(with_slots_async)  # type: ignore[arg-type]  # what is tested


@pytest.mark.parametrize("build", [Sink.from_fn, Sink.from_async_fn])
@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (5, "a function of the context provider and an action, not 5"),
        ({"t": apply}, "a function of the context provider and an action, not {"),
        (apply_async, "not the async apply_async; make it sync"),
        (one, "which one does not take: too many"),
        (three, "which three does not take: missing"),
    ],
)
def test_a_child_handler(build: Any, wrong: Any, says: str) -> None:
    fn = apply if build is Sink.from_fn else apply_async
    with pytest.raises(TargetHandlerError, match=f"child_handler= of a sink is .*{says}"):
        build(fn, child_handler=wrong)


def declaring(make_app: Any, sink: Any) -> None:
    class Handler:
        def reconcile(self, key: Any, desired: Any, prev: Any, missing: bool, /) -> Any:
            return coco.TargetReconcileOutput(key, sink, 1)

    provider: Any = coco.register_root_target_states_provider("wrong_kind/sink", Handler())

    @coco.fn
    async def main() -> None:
        coco.declare_target_state(provider.target_state("k", 1))

    applied.clear()
    make_app(main).update_blocking()


def test_a_coroutine_that_a_sync_sink_returns(make_app: Any) -> None:
    def forgets(context: Any, actions: Any) -> Any:
        return apply_async(context, actions)

    with pytest.raises(TargetHandlerError, match=r"sink .*forgets returned a coroutine.*from_async_fn\(\)"):
        declaring(make_app, Sink.from_fn(forgets))
    assert applied == []


def test_what_an_async_sink_returns_that_cannot_be_awaited(make_app: Any) -> None:
    with pytest.raises(TargetHandlerError, match=r"apply returned a NoneType, which cannot be awaited.*from_fn\(\)"):
        declaring(make_app, Sink.from_async_fn(apply))  # type: ignore[arg-type]  # what is tested


@pytest.mark.parametrize("fn", [apply, Applies(), Applies().__call__, functools.partial(apply), lambda *a: apply(*a)])
def test_all_that_can_be_called_so_will_do(make_app: Any, fn: Callable[..., Any]) -> None:
    declaring(make_app, Sink.from_fn(fn))
    assert applied == ["k"]


@pytest.mark.parametrize(
    "fn",
    [
        apply_async,
        AppliesAsync(),
        AppliesAsync().__call__,
        functools.partial(apply_async),
        lambda *a: apply_async(*a),
    ],
)
def test_all_that_can_be_awaited_will_do(make_app: Any, fn: Callable[..., Any]) -> None:
    declaring(make_app, Sink.from_async_fn(fn))
    assert applied == ["k"]
