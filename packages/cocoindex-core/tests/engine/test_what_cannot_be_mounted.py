"""What is no function that can run is refused where it is mounted, with the name of the call and what to write."""

from __future__ import annotations

import pathlib
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import pytest

import cocoindex as coco
from cocoindex.errors import InvalidSubpathError, MountTypeError

SUBPATH = coco.component_subpath("child")
KEY = coco.ContextKey[int]("wrong_kind/key")


async def child() -> int:
    return 1


def generator() -> Iterator[int]:
    yield 1


async def async_generator() -> AsyncIterator[int]:
    yield 1


class Thing: ...


def raised_by(make_app: Any, call: Callable[[], Any]) -> Exception:
    @coco.fn
    async def main() -> None:
        await call()

    with pytest.raises(Exception) as caught:
        make_app(main).update_blocking()
    return caught.value


MOUNT_EACH: Any = coco.mount_each
CALLS: dict[str, Callable[..., Any]] = {
    "coco.mount()": coco.mount,
    "coco.use_mount()": coco.use_mount,
    "coco.mount_each()": lambda *args: MOUNT_EACH(*args, []),
}


@pytest.mark.parametrize("what", CALLS)
@pytest.mark.parametrize("subpath", [(), (SUBPATH,)], ids=["alone", "at a subpath"])
@pytest.mark.parametrize(
    ("wrong", "advice"),
    [
        (None, "give a function"),
        (5, "give a function"),
        ([child], "give a function"),
        ({"fn": child}, "give a function"),
        (KEY, "give a function"),
        (Thing(), "give a function"),
        ("child", r"a path is given as coco\.component_subpath\(\.\.\.\)"),
        (("child", 1), r"a path is given as coco\.component_subpath\(\.\.\.\)"),
        (coco.ROOT_PATH / "child", r"a path is given as coco\.component_subpath\(\.\.\.\)"),
    ],
)
def test_values(make_app: Any, what: str, subpath: tuple[Any, ...], wrong: Any, advice: str) -> None:
    error = raised_by(make_app, lambda: CALLS[what](*subpath, wrong))
    assert isinstance(error, MountTypeError) and isinstance(error, TypeError)
    with pytest.raises(MountTypeError, match=rf"^{_escaped(what)} takes a function, not .*; {advice}"):
        raise error


@pytest.mark.parametrize("what", CALLS)
@pytest.mark.parametrize("function", [child, coco.fn(child), generator, async_generator])
def test_what_calling_a_function_gave(make_app: Any, what: str, function: Any) -> None:
    error = raised_by(make_app, lambda: CALLS[what](function()))
    assert isinstance(error, MountTypeError)
    assert str(error).startswith(f"{what} takes a function, not <") and "instead of calling it" in str(error)


@pytest.mark.parametrize("what", CALLS)
@pytest.mark.parametrize("function", [generator, coco.fn(generator), async_generator, coco.fn(async_generator)])
def test_generators_of_which_nothing_would_run(make_app: Any, what: str, function: Any) -> None:
    error = raised_by(make_app, lambda: CALLS[what](function))
    assert isinstance(error, MountTypeError)
    assert f"{what} cannot take the generator" in str(error)


@pytest.mark.parametrize("what", ["coco.mount()", "coco.mount_each()"])
def test_classes(make_app: Any, what: str) -> None:
    error = raised_by(make_app, lambda: CALLS[what](Thing))
    assert isinstance(error, MountTypeError)
    assert str(error).startswith(f"{what} takes a function, not the class Thing")


@pytest.mark.parametrize("function", [coco.mount, coco.use_mount, coco.mount_each])
@pytest.mark.parametrize("args", [(), (SUBPATH,)])
def test_nothing_at_all(make_app: Any, function: Any, args: tuple[Any, ...]) -> None:
    error = raised_by(make_app, lambda: function(*args))
    assert isinstance(error, MountTypeError)
    assert str(error).startswith(f"coco.{function.__name__}() needs a function to mount")


def test_no_items(make_app: Any) -> None:
    mount_each: Any = coco.mount_each
    error = raised_by(make_app, lambda: mount_each(child))
    assert isinstance(error, MountTypeError)
    assert str(error).startswith("coco.mount_each() needs items")


def test_functions_without_a_name_need_a_path(make_app: Any) -> None:
    error = raised_by(make_app, lambda: coco.mount(lambda: None))
    assert isinstance(error, InvalidSubpathError)
    assert "give one as the first argument" in str(error)


@pytest.mark.parametrize("wrong", [None, 5, "row", ["row"], KEY, pathlib.Path("row"), Thing, SUBPATH])
def test_targets(make_app: Any, wrong: Any) -> None:
    error = raised_by(make_app, lambda: coco.mount_target(wrong))
    assert isinstance(error, MountTypeError)
    assert str(error).startswith("coco.mount_target() takes the target state of a container")


@pytest.mark.parametrize("wrong", [None, 5, "main", Thing, child(), generator, async_generator])
def test_main_functions(env: coco.Environment, wrong: Any) -> None:
    with pytest.raises(MountTypeError, match=r"^coco\.App\(\) (takes a function|cannot take the generator)"):
        coco.App(coco.AppConfig("app", environment=env), wrong)


def test_a_coroutine_that_a_component_returns(make_app: Any, caplog: pytest.LogCaptureFixture) -> None:
    async def forgets() -> Any:
        return child()

    error = raised_by(make_app, lambda: coco.use_mount(SUBPATH, lambda: child()))
    assert isinstance(error, MountTypeError)
    assert '<lambda> in component /"child" returned the coroutine child(), which nobody awaited' in str(error)
    with pytest.raises(MountTypeError, match=r"forgets in component / returned the coroutine child\(\)"):
        make_app(forgets, name="main forgets").update_blocking()


def _escaped(what: str) -> str:
    return what.replace(".", r"\.").replace("()", r"\(\)")
