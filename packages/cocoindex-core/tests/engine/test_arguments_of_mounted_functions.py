"""Arguments that a function does not take are told where it is mounted, or where its app is to be updated."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import pytest

import cocoindex as coco
from cocoindex.errors import FunctionArgumentError
from cocoindex.testing import RecordingTarget

calls: list[tuple[Any, ...]] = []


@coco.fn
async def none() -> None:
    calls.append(())


@coco.fn
def one(x: int) -> None:
    calls.append((x,))


async def plain(x: int, *, flag: bool = False) -> None:
    calls.append((x, flag))


def needs_keyword(x: int, *, flag: bool) -> None:
    calls.append((x, flag))


@coco.fn
def anything(*args: Any, **kwargs: Any) -> None:
    calls.append((*args, *kwargs.values()))


@coco.fn
def with_default(x: int, y: int = 2) -> None:
    calls.append((x, y))


def adds(fn: Callable[..., Any]) -> Callable[..., Any]:
    """A decorator that gives an argument of its own, so that what it makes takes others than what it wraps."""

    @functools.wraps(fn)
    def wrapper(*args: Any) -> Any:
        return fn("added", *args)

    return wrapper


@adds
def injected(added: str, x: int) -> None:
    calls.append((added, x))


class Owner:
    @coco.fn
    def marked(self, x: int) -> None:
        calls.append((x,))

    def method(self, x: int) -> None:
        calls.append((x,))

    def __call__(self, x: int) -> None:
        calls.append((x,))


owner = Owner()
WRONG: list[tuple[Any, tuple[Any, ...], dict[str, Any], str]] = [
    (none, (1,), {}, "too many positional arguments"),
    (one, (), {}, "missing a required argument: 'x'"),
    (one, (1, 2), {}, "too many positional arguments"),
    (one, (1,), {"x": 1}, "multiple values for argument 'x'"),
    (one, (1,), {"y": 1}, "unexpected keyword argument 'y'"),
    (plain, (1, True), {}, "too many positional arguments"),
    (plain, (), {"flag": True}, "missing a required argument: 'x'"),
    (needs_keyword, (1,), {}, "missing a required .*argument: 'flag'"),
    (with_default, (), {"y": 1}, "missing a required argument: 'x'"),
    (owner.marked, (), {}, "missing a required argument: 'x'"),
    (owner.marked, (1, 2), {}, "too many positional arguments"),
    (owner.method, (1, 2), {}, "too many positional arguments"),
    (owner, (), {}, "missing a required argument: 'x'"),
]
RIGHT: list[tuple[Any, tuple[Any, ...], dict[str, Any], tuple[Any, ...]]] = [
    (none, (), {}, ()),
    (one, (1,), {}, (1,)),
    (one, (), {"x": 1}, (1,)),
    (plain, (1,), {}, (1, False)),
    (plain, (1,), {"flag": True}, (1, True)),
    (needs_keyword, (1,), {"flag": True}, (1, True)),
    (anything, (1, 2), {"z": 3}, (1, 2, 3)),
    (with_default, (1,), {}, (1, 2)),
    (with_default, (1,), {"y": 3}, (1, 3)),
    (injected, (1,), {}, ("added", 1)),
    (owner.marked, (1,), {}, (1,)),
    (owner.method, (1,), {}, (1,)),
    (owner, (1,), {}, (1,)),
    (functools.partial(one, 1), (), {}, (1,)),
    (print, (), {"end": ""}, ()),
]


def run(make_app: Any, call: Callable[[], Any]) -> None:
    @coco.fn
    async def main() -> None:
        handle = await call()
        if isinstance(handle, coco.ComponentMountHandle):
            await handle.ready()

    calls.clear()
    make_app(main).update_blocking()


@pytest.mark.parametrize("mount", [coco.mount, coco.use_mount])
@pytest.mark.parametrize(("fn", "args", "kwargs", "why"), WRONG)
def test_what_does_not_fit(make_app: Any, mount: Any, fn: Any, args: Any, kwargs: Any, why: str) -> None:
    said = rf"coco\.{mount.__name__}\(\) cannot call .*: .*{why}"
    with pytest.raises(FunctionArgumentError, match=said) as caught:
        run(make_app, lambda: mount(coco.component_subpath("c"), fn, *args, **kwargs))
    assert isinstance(caught.value, TypeError)
    assert calls == []


@pytest.mark.parametrize("mount", [coco.mount, coco.use_mount])
@pytest.mark.parametrize(("fn", "args", "kwargs", "called"), RIGHT)
def test_what_fits(make_app: Any, mount: Any, fn: Any, args: Any, kwargs: Any, called: Any) -> None:
    run(make_app, lambda: mount(coco.component_subpath("c"), fn, *args, **kwargs))
    assert calls == ([] if fn is print else [called])


@pytest.mark.parametrize(("fn", "args", "kwargs", "why"), WRONG)
def test_of_an_app(env: coco.Environment, fn: Any, args: Any, kwargs: Any, why: str) -> None:
    app = coco.App(coco.AppConfig("app", environment=env), fn, *args, **kwargs)
    for update in (app.update, app.update_blocking):
        with pytest.raises(FunctionArgumentError, match=rf"the app 'app' cannot call .*: .*{why}"):
            update()


def test_an_app_that_is_only_dropped_needs_none(make_app: Any) -> None:
    make_app(one).drop_blocking()


@pytest.mark.parametrize(("fn", "args", "kwargs", "called"), RIGHT)
def test_of_an_app_that_fits(make_app: Any, fn: Any, args: Any, kwargs: Any, called: Any) -> None:
    calls.clear()
    make_app(fn, *args, **kwargs).update_blocking()
    assert calls == ([] if fn is print else [called])


def test_of_each_item_it_is_told_once_and_before_the_first(make_app: Any) -> None:
    items = iter([("a", 1), ("b", 2)])
    mount_each: Any = coco.mount_each
    with pytest.raises(FunctionArgumentError, match=r"coco\.mount_each\(\) cannot call one .*too many positional"):
        run(make_app, lambda: mount_each(one, items, "more"))
    assert (calls, list(items)) == ([], [("a", 1), ("b", 2)])


@pytest.mark.parametrize("fn", [one, plain, owner.method, owner.marked, anything, with_default])
def test_of_each_item_that_fits(make_app: Any, fn: Any) -> None:
    run(make_app, lambda: coco.mount_each(fn, [("a", 1)]))
    assert [call[0] for call in calls] == [1]


def test_a_subpath_behind_the_function(make_app: Any) -> None:
    mount: Any = coco.mount
    with pytest.raises(FunctionArgumentError, match=r"a coco\.component_subpath\(\) comes before it"):
        run(make_app, lambda: mount(one, coco.component_subpath("c"), 1))


def test_nothing_is_removed_where_a_mount_is_wrong(make_app: Any) -> None:
    target = RecordingTarget()

    @coco.fn
    def row(x: int) -> None:
        target.declare("row", x)

    args: list[Any] = [1]

    @coco.fn
    async def main() -> None:
        await coco.mount(row, *args)

    app = make_app(main)
    app.update_blocking()
    args.append(2)
    with pytest.raises(FunctionArgumentError):
        app.update_blocking()
    assert target.data == {"row": 1}
    args.pop()
    app.update_blocking()
    assert target.data == {"row": 1}
