"""`coco.logic_propagated_to_callers`: a callback's logic counts for every memo up to the function that wrapped it."""

from __future__ import annotations

import asyncio
import pickle
from collections.abc import Callable
from typing import Any

import pytest

import cocoindex as coco
from cocoindex import errors

Run = Callable[..., list[Any]]
HIT = ["accept", "|", "|", "|", "|"]
MISS = ["accept", "|", "|", "accept", "|", "|"]


@pytest.mark.parametrize("mounted", [False, True])
@pytest.mark.parametrize("between", ["full", "self", None])
@pytest.mark.parametrize(
    ("callback", "seen"),
    [("full", MISS), ("self", MISS), (None, HIT), ("plain", MISS)],
)
def test_what_the_callback_offers_is_recorded_regardless_of_what_is_between(
    run_versions: Run, mounted: bool, between: Any, callback: Any, seen: list[str]
) -> None:
    def build(version: int, log: list[Any]) -> Any:
        if callback == "plain":

            @coco.fn(version=version)
            def helper() -> None: ...

            async def visit(x: int) -> None:
                helper()
        else:

            @coco.fn(version=version, logic_tracking=callback)
            async def visit(x: int) -> None: ...

        @coco.fn(memo=True, logic_tracking=between, version=1, memo_key={"visit": None})
        async def accept(x: int, visit: Any) -> None:
            log.append("accept")
            await visit(x)

        @coco.fn(version=1)
        async def walk(visitor: Any) -> None:
            wrapped = coco.logic_propagated_to_callers(visitor)
            if mounted:
                await coco.use_mount(accept, 1, wrapped)
            else:
                await accept(1, wrapped)

        @coco.fn(version=1)
        async def main() -> None:
            await walk(visit)

        return main

    assert run_versions(build) == seen


def test_an_undecorated_callable_contributes_only_the_functions_it_calls(run_versions: Run) -> None:
    def build(version: int, log: list[Any]) -> Any:
        def visit() -> int:
            return version

        @coco.fn(memo=True, version=1, memo_key={"visit": None})
        def accept(visit: Any) -> None:
            log.append("accept")
            visit()

        @coco.fn(version=1)
        async def main() -> None:
            accept(coco.logic_propagated_to_callers(visit))

        return main

    assert run_versions(build) == HIT


@pytest.mark.parametrize(("owner", "again"), [("full", ["outer", "walk", "accept"]), ("self", []), (None, [])], ids=str)
def test_the_owners_mode_decides_whether_its_callers_hear_of_it(
    run_versions: Run, owner: Any, again: list[str]
) -> None:
    def build(version: int, log: list[Any]) -> Any:
        @coco.fn(version=version)
        def visit() -> None: ...

        @coco.fn(logic_tracking="self", version=1)
        def accept(visit: Any) -> None:
            log.append("accept")
            visit()

        @coco.fn(memo=True, version=1, logic_tracking=owner, memo_key={"visitor": None})
        def walk(visitor: Any) -> None:
            log.append("walk")
            accept(coco.logic_propagated_to_callers(visitor))

        @coco.fn(memo=True, version=1, memo_key={"visitor": None})
        def outer(visitor: Any) -> None:
            log.append("outer")
            walk(visitor)

        @coco.fn(version=1)
        async def main() -> None:
            outer(visit)

        return main

    assert run_versions(build) == ["outer", "walk", "accept", "|", "|", *again, "|", "|"]


@pytest.mark.parametrize("mounted", [False, True])
@pytest.mark.parametrize("owner", ["full", "self", None])
def test_the_owners_own_entry_records_it(run_versions: Run, owner: Any, mounted: bool) -> None:
    def build(version: int, log: list[Any]) -> Any:
        @coco.fn(version=version)
        def visit() -> None: ...

        @coco.fn(memo=True, version=1, logic_tracking=owner, memo_key={"visitor": None})
        async def walk(visitor: Any) -> None:
            log.append("accept")
            coco.logic_propagated_to_callers(visitor)()

        @coco.fn(version=1)
        async def main() -> None:
            await (coco.use_mount(walk, visit) if mounted else walk(visit))

        return main

    assert run_versions(build) == MISS


def test_memoized_calls_inside_the_callback_are_part_of_what_it_offers(run_versions: Run) -> None:
    def build(version: int, log: list[Any]) -> Any:
        @coco.fn(memo=True, version=version)
        def helper() -> None: ...

        @coco.fn(version=1)
        def visit() -> None:
            helper()

        @coco.fn(memo=True, logic_tracking="self", version=1, memo_key={"visit": None})
        def accept(visit: Any) -> None:
            log.append("accept")
            visit()

        @coco.fn(version=1)
        async def main() -> None:
            accept(coco.logic_propagated_to_callers(visit))

        return main

    assert run_versions(build) == MISS


@coco.fn
def sync_callback(x: int) -> int:
    return x


@coco.fn
async def async_callback(x: int) -> int:
    return x


class AsyncObject:
    async def __call__(self, x: int) -> int:
        return x

    @coco.fn
    async def method(self, x: int) -> int:
        return x


def test_the_wrapper_is_async_where_the_function_is(make_app: Any) -> None:
    async def main() -> list[int]:
        wrap = coco.logic_propagated_to_callers
        given: list[Any] = [async_callback, AsyncObject(), AsyncObject().method, wrap(async_callback)]
        results = [await wrap(fn)(1) for fn in given]
        return [*results, wrap(sync_callback)(1), wrap(lambda x: x)(1), wrap(len)("a")]

    assert make_app(main).update_blocking() == [1] * 7


def test_a_plain_callable_that_returns_an_awaitable_is_rejected_when_called(make_app: Any) -> None:
    async def main() -> None:
        coco.logic_propagated_to_callers(lambda: async_callback(1))()

    with pytest.raises(errors.FunctionDefinitionTypeError, match="wrap the coroutine function itself"):
        make_app(main).update_blocking()


def test_two_wrappers_of_one_function_key_alike_but_not_as_the_bare_function(make_app: Any) -> None:
    async def main() -> list[Any]:
        wrap = coco.logic_propagated_to_callers
        keys = [wrap(sync_callback), wrap(sync_callback), wrap(async_callback), sync_callback]
        return [coco.memo_fingerprint(key).as_bytes() for key in keys]

    first, second, other, bare = make_app(main).update_blocking()
    assert first == second and len({first, other, bare}) == 3


def test_outside_a_component_it_raises() -> None:
    with pytest.raises(errors.NoComponentError, match="logic_propagated_to_callers"):
        coco.logic_propagated_to_callers(sync_callback)


@pytest.mark.parametrize("owner", ["call", "component"])
def test_calling_it_after_the_owner_returned_raises(make_app: Any, owner: str) -> None:
    kept: list[Any] = []

    @coco.fn
    async def wraps() -> None:
        kept.append(coco.logic_propagated_to_callers(sync_callback))

    async def main() -> int:
        await (wraps() if owner == "call" else coco.use_mount(wraps))
        result: int = kept[0](1)
        return result

    with pytest.raises(
        errors.PropagatedCallbackError, match=r"sync_callback.*was called.*the call that wrapped it"
    ) as e:
        make_app(main).update_blocking()
    assert isinstance(e.value, RuntimeError)
    with pytest.raises(errors.PropagatedCallbackError, match="with no component"):
        kept[0](1)
    with pytest.raises(errors.PropagatedCallbackError, match="cannot be pickled"):
        pickle.dumps(kept[0])


def test_a_call_beside_the_owners_is_refused(make_app: Any) -> None:
    async def main() -> Any:
        ready, done = asyncio.Event(), asyncio.Event()
        kept: list[Any] = []

        @coco.fn
        async def owner() -> None:
            kept.append(coco.logic_propagated_to_callers(sync_callback))
            ready.set()
            await done.wait()

        @coco.fn(logic_tracking="self")
        async def beside() -> None:
            await ready.wait()
            try:
                kept[0](1)
            finally:
                done.set()

        return await asyncio.gather(owner(), beside(), return_exceptions=True)

    result = make_app(main).update_blocking()
    assert result[0] is None and isinstance(result[1], errors.PropagatedCallbackError)


def test_children_that_the_owner_waits_for_may_call_it(make_app: Any, caplog: pytest.LogCaptureFixture) -> None:
    seen: list[int] = []

    @coco.fn
    async def child(callback: Any) -> None:
        seen.append(callback(1))

    @coco.fn
    async def waits() -> None:
        handle = await coco.mount(child, coco.logic_propagated_to_callers(sync_callback))
        await handle.ready()

    make_app(waits).update_blocking()
    assert seen == [1] and caplog.text == ""


def test_threads_call_it_in_the_context_of_the_component(make_app: Any) -> None:
    async def main() -> int:
        return await asyncio.to_thread(coco.logic_propagated_to_callers(sync_callback), 1)

    assert make_app(main).update_blocking() == 1


def test_what_is_no_function_is_refused(make_app: Any) -> None:
    async def main() -> None:
        coco.logic_propagated_to_callers(3)  # type: ignore[arg-type]  # that it is wrong is the point

    with pytest.raises(errors.FunctionDefinitionTypeError, match="takes a function, not 3"):
        make_app(main).update_blocking()


def test_the_former_name_warns(make_app: Any) -> None:
    async def main() -> Any:
        with pytest.warns(DeprecationWarning, match="use coco.logic_propagated_to_callers"):
            return coco.logic_tracked(sync_callback)(1)

    assert make_app(main).update_blocking() == 1
