"""What user code raised is not kept, with the values in its frames, until garbage is collected.

A large source may fail as a whole: then all of its values would be in memory at once.
"""

from __future__ import annotations

import asyncio
import gc
import threading
import weakref
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Iterator, Sequence
from typing import Any

import pytest

import cocoindex as coco
from cocoindex._runtime import garbage

COUNT = 40


class Value:
    """Something large that user code has in a frame when it fails."""

    def __init__(self, number: int) -> None:
        self.number = number

    def __coco_memo_key__(self) -> object:
        return self.number


class BadKey(Value):
    def __coco_memo_key__(self) -> object:
        raise ValueError("no")


class BadState(Value):
    def __coco_memo_state__(self, prev: Any) -> Any:
        raise ValueError("no")


class BadAsyncState(Value):
    async def __coco_memo_state__(self, prev: Any) -> Any:
        await asyncio.sleep(0)
        raise ValueError("no")


class Values:
    """Makes values and notes when they are gone; the last reference may be that of a thread that is about to end."""

    def __init__(self) -> None:
        self.made = 0
        self._alive: set[weakref.ref[Value]] = set()
        self._gone = threading.Condition()

    def new(self, number: int, kind: type[Value] = Value) -> Value:
        value = kind(number)
        self.made += 1
        self._alive.add(weakref.ref(value, self._note))
        return value

    def _note(self, ref: weakref.ref[Value]) -> None:
        with self._gone:
            self._alive.discard(ref)
            self._gone.notify_all()

    @property
    def alive(self) -> int:
        return len(self._alive)

    def all_gone(self) -> bool:
        with self._gone:
            return self._gone.wait_for(lambda: not self._alive, timeout=10)


class Target:
    """Takes nothing; or cannot even plan it."""

    def __init__(self, *, is_async: bool = False, plans: bool = True) -> None:
        make: Any = coco.TargetActionSink.from_async_fn if is_async else coco.TargetActionSink.from_fn
        self.sink: Any = make(self.apply_async if is_async else self.apply)
        self.plans = plans
        self.provider: Any = coco.register_root_target_states_provider(f"test/refusing/{id(self)}", self)

    def declare(self, value: Value) -> None:
        coco.declare_target_state(self.provider.target_state(value.number, value))

    def reconcile(
        self, key: Any, desired: Any, prev: Collection[Any], missing: bool, /
    ) -> coco.TargetReconcileOutput[Any, Any]:
        if not self.plans:
            raise ValueError("no")
        return coco.TargetReconcileOutput((key, desired), self.sink, 1)

    def apply(self, context: coco.ContextProvider, actions: Sequence[Any]) -> None:
        raise ValueError("no")

    async def apply_async(self, context: coco.ContextProvider, actions: Sequence[Any]) -> None:
        await asyncio.sleep(0)
        raise ValueError("no")


class BadRunner(coco.Runner):
    async def execute(self, fn: Any, args: Any, kwargs: Any, *, deadline: float | None = None) -> Any:
        raise ValueError("no")


Body = Callable[[Values], Any]


def body_async(values: Values) -> Any:
    async def body(number: int) -> None:
        _value = values.new(number)
        await asyncio.sleep(0)
        raise ValueError("no")

    return body


def body_sync(values: Values) -> Any:
    def body(number: int) -> None:
        _value = values.new(number)
        raise ValueError("no")

    return body


def stop_iteration_in_a_thread(values: Values) -> Any:
    def body(number: int) -> None:
        _value = values.new(number)
        next(iter(()))

    return body


def group_of_tasks(values: Values) -> Any:
    async def body(number: int) -> None:
        _value = values.new(number)
        results: Any = await asyncio.gather(_fails(), _fails(), return_exceptions=True)
        raise ValueError("no") from results.pop()

    return body


async def _fails(*_: Any) -> None:
    await asyncio.sleep(0)
    raise ValueError("no")


def calling(mark: Any, *, is_async: bool, kind: type[Value] = Value) -> Body:
    """Components that call a function of this kind."""

    def make(values: Values) -> Any:
        @mark  # type: ignore[untyped-decorator]  # whichever decorator
        def fails(value: Any) -> Any:
            raise ValueError("no")

        @mark  # type: ignore[untyped-decorator]  # whichever decorator
        async def fails_async(value: Any) -> Any:
            await asyncio.sleep(0)
            raise ValueError("no")

        async def body(number: int) -> None:
            call: Any = fails_async if is_async else fails.as_async
            await call(values.new(number, kind))

        return body

    return make


def memoized_twice(values: Values) -> Any:
    fails = coco.fn(memo=True)(_fails)

    async def body(number: int) -> None:
        value = values.new(number)
        results: Any = await asyncio.gather(fails(value), fails(value), return_exceptions=True)
        raise ValueError("no") from results.pop()

    return body


def memoized_in_a_sync_component(values: Values) -> Any:
    @coco.fn(memo=True)
    def fails(value: Value) -> None:
        raise ValueError("no")

    def body(number: int) -> None:
        fails(values.new(number))

    return body


def mapped(values: Values) -> Any:
    async def body(number: int) -> None:
        await coco.map(_fails, [values.new(number), values.new(number)])

    return body


def mapped_source(values: Values) -> Any:
    def items(number: int) -> Iterator[Value]:
        yield values.new(number)
        raise ValueError("no")

    async def body(number: int) -> None:
        await coco.map(_passes, items(number))

    return body


async def _passes(_: Any) -> None:
    pass


def used_mount(values: Values) -> Any:
    async def inner(value: Value) -> None:
        raise ValueError("no")

    async def body(number: int) -> None:
        await coco.use_mount(inner, values.new(number))

    return body


def _memoized() -> Any:
    @coco.fn(memo=True)
    async def inner(value: Value) -> None:
        pass

    return inner


def memo_of_a_child(kind: type[Value]) -> Body:
    def make(values: Values) -> Any:
        inner = _memoized()

        async def body(number: int) -> None:
            await coco.use_mount(inner, values.new(number, kind))

        return body

    return make


def memo_of_children(kind: type[Value]) -> Body:
    def make(values: Values) -> Any:
        inner = _memoized()

        async def body(number: int) -> None:
            async with coco.exception_handler(lambda error, context: None):
                await coco.mount_each(inner, [(number, values.new(number, kind))])

        return body

    return make


def source(values: Values) -> Any:
    def items(number: int) -> Iterator[tuple[int, Value]]:
        yield number, values.new(number)
        raise ValueError("no")

    async def body(number: int) -> None:
        await coco.mount_each(_passes, items(number))

    return body


def source_async(values: Values) -> Any:
    async def items(number: int) -> AsyncIterator[tuple[int, Value]]:
        yield number, values.new(number)
        raise ValueError("no")

    async def body(number: int) -> None:
        await coco.mount_each(_passes, items(number))

    return body


def keys(values: Values) -> Any:
    def key_of(value: Value) -> int:
        raise ValueError("no")

    async def body(number: int) -> None:
        await coco.mount_each(_passes, ((key_of(value), value) for value in [values.new(number)]))

    return body


def keys_of_the_wrong_kind(values: Values) -> Any:
    async def body(number: int) -> None:
        value: Any = values.new(number)
        await coco.mount_each(_passes, [(value, value)])

    return body


def into(target: Callable[[], Target], *, is_async: bool = True) -> Body:
    def make(values: Values) -> Any:
        to = target()

        async def body(number: int) -> None:
            to.declare(values.new(number))

        def sync_body(number: int) -> None:
            to.declare(values.new(number))

        return body if is_async else sync_body

    return make


def foreground_into_a_target(values: Values) -> Any:
    target = Target()

    async def inner(value: Value) -> None:
        target.declare(value)

    async def body(number: int) -> None:
        await coco.use_mount(inner, values.new(number))

    return body


def declared_twice(values: Values) -> Any:
    target = Target()

    async def body(number: int) -> None:
        value = values.new(number)
        target.declare(value)
        target.declare(value)

    return body


def result_that_cannot_be_stored(values: Values) -> Any:
    @coco.fn(memo=True)
    async def fails(value: Value) -> Any:
        return lambda: value

    async def body(number: int) -> None:
        await fails(values.new(number))

    return body


def state_that_cannot_be_stored(values: Values) -> Any:
    async def body(number: int) -> None:
        value = values.new(number)
        coco.use_state("key", 0, type_hint=Any).value = lambda: value

    return body


class Plain(coco.Runner):
    """Runs sync functions in threads that are not ours."""

    async def run(self, fn: Any, *args: Any, **kwargs: Any) -> Any:
        return await fn(*args, **kwargs)

    async def run_sync_fn(self, fn: Any, *args: Any, **kwargs: Any) -> Any:
        return await asyncio.to_thread(fn, *args, **kwargs)


CASES: dict[str, Body] = {
    made.__name__: made
    for made in (
        body_async,
        body_sync,
        stop_iteration_in_a_thread,
        group_of_tasks,
        memoized_twice,
        memoized_in_a_sync_component,
        mapped,
        mapped_source,
        used_mount,
        source,
        source_async,
        keys,
        keys_of_the_wrong_kind,
        foreground_into_a_target,
        declared_twice,
        result_that_cannot_be_stored,
        state_that_cannot_be_stored,
    )
}
CASES |= {
    "function in a thread": calling(coco.fn, is_async=False),
    "memoized function": calling(coco.fn(memo=True), is_async=True),
    "memoized function in a thread": calling(coco.fn(memo=True), is_async=False),
    "batch": calling(coco.fn.as_async(batching=True), is_async=True),
    "batch in a thread": calling(coco.fn.as_async(batching=True), is_async=False),
    "runner": calling(coco.fn.as_async(runner=BadRunner()), is_async=True),
    "runner in a thread": calling(coco.fn.as_async(runner=Plain()), is_async=False),
    "GPU": calling(coco.fn.as_async(runner=coco.GPU), is_async=True),
    "GPU in a thread": calling(coco.fn.as_async(runner=coco.GPU), is_async=False),
    "memo key of a call": calling(coco.fn(memo=True), is_async=True, kind=BadKey),
    "memo state of a call": calling(coco.fn(memo=True), is_async=True, kind=BadState),
    "async memo state of a call": calling(coco.fn(memo=True), is_async=True, kind=BadAsyncState),
    "memo key of a child": memo_of_a_child(BadKey),
    "memo state of a child": memo_of_a_child(BadState),
    "async memo state of a child": memo_of_a_child(BadAsyncState),
    "memo key of children": memo_of_children(BadKey),
    "memo state of children": memo_of_children(BadState),
    "async memo state of children": memo_of_children(BadAsyncState),
    "sink": into(Target),
    "async sink": into(lambda: Target(is_async=True)),
    "sink of sync components": into(Target, is_async=False),
    "plan": into(lambda: Target(plans=False)),
}


@pytest.fixture
def no_collection() -> Iterator[None]:
    gc.collect()
    gc.disable()
    yield
    gc.enable()


@pytest.mark.parametrize("case", CASES)
def test_without_a_collection(env: coco.Environment, no_collection: None, case: str) -> None:
    values = Values()
    body = CASES[case](values)

    @coco.fn
    async def main() -> None:
        async with coco.exception_handler(lambda error, context: None):
            handle = await coco.mount_each(body, [(number, number) for number in range(COUNT)])
            await handle.ready()

    coco.App(coco.AppConfig("failing", environment=env), main).update_blocking()
    assert values.made >= COUNT
    assert values.all_gone()


@pytest.mark.parametrize("is_async", [False, True])
def test_failures_that_handlers_hand_on(env: coco.Environment, no_collection: None, is_async: bool) -> None:
    values = Values()
    raised: list[bool] = []

    def refuse(error: BaseException, context: coco.ExceptionContext) -> None:
        raise RuntimeError("no")

    async def refuse_async(error: BaseException, context: coco.ExceptionContext) -> None:
        await asyncio.sleep(0)
        raise RuntimeError("no")

    async def ready(mounted: Awaitable[coco.ComponentMountHandle]) -> None:
        try:
            await (await mounted).ready()
        except RuntimeError:
            raised.append(True)

    @coco.fn
    async def main() -> None:
        body = body_async(values)
        async with coco.exception_handler(refuse_async if is_async else refuse):
            for number in range(COUNT):
                await ready(coco.mount(coco.component_subpath("one", number), body, number))
            await ready(coco.mount_each(body, [(number, number) for number in range(COUNT)]))

    coco.App(coco.AppConfig("failing", environment=env), main).update_blocking()
    assert (values.made, len(raised)) == (2 * COUNT, COUNT + 1)
    assert values.all_gone()


@pytest.mark.parametrize("is_async", [False, True])
def test_failure_of_an_update(env: coco.Environment, no_collection: None, is_async: bool) -> None:
    values = Values()
    app = coco.App(coco.AppConfig("failing", environment=env), coco.fn(body_async(values)), 1)
    if is_async:
        asyncio.run(_awaited(app))
    else:
        try:
            app.update_blocking()
        except ValueError:
            pass
    assert values.made == 1
    assert values.all_gone()


async def _awaited(app: coco.App[Any, Any]) -> None:
    try:
        await app.update()
    except ValueError:
        pass


def test_of_many_failures_few_are_kept_until_they_are_told(env: coco.Environment) -> None:
    values = Values()
    alive: list[int] = []

    @coco.fn
    async def body(number: int) -> None:
        _value = values.new(number)
        raise ValueError("no")

    @coco.fn
    async def main() -> None:
        async with coco.exception_handler(lambda error, context: alive.append(values.alive)):
            await coco.mount_each(body, [(number, number) for number in range(400)])

    coco.App(coco.AppConfig("failing", environment=env), main).update_blocking()
    assert len(alive) == 400
    assert max(alive) < 100


def test_what_user_code_leaves_in_cycles(env: coco.Environment, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(garbage, "_due", 0.0)
    monkeypatch.setattr(garbage, "_EVERY", 0)
    values = Values()
    alive: list[int] = []

    @coco.fn
    async def body(number: int) -> None:
        _value = values.new(number)
        try:
            raise ValueError("no")
        except ValueError as error:
            kept = error
        raise kept

    @coco.fn
    async def main() -> None:
        async with coco.exception_handler(lambda error, context: alive.append(values.alive)):
            await coco.mount_each(body, [(number, number) for number in range(400)])

    coco.App(coco.AppConfig("failing", environment=env), main).update_blocking()
    assert len(alive) == 400
    assert max(alive) < 150
