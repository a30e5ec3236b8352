"""An argument that cannot be part of a memo key: the error names function, parameter and place."""

from __future__ import annotations

import threading
from typing import Any

import pytest

import cocoindex as coco
from cocoindex import errors


class Counter(coco.NotMemoKeyable):
    """Objects that are told apart by nothing."""


@coco.fn(memo=True)
def work(x: int, y: Any = None, *more: Any, **named: Any) -> None: ...


LOCK = threading.Lock()


@pytest.mark.parametrize(
    ("args", "kwargs", "said"),
    [
        ((LOCK,), {}, r"argument 'x' of work\)"),
        ((1, {"a": [LOCK]}), {}, r"argument 'y' of work, at \['a'\]\[0\]"),
        ((1,), {"y": LOCK}, "argument 'y' of work"),
        ((1, 2, 3, LOCK), {}, r"argument 'more' of work, at \[1\]"),
        ((1, 2), {"z": LOCK}, r"argument 'named' of work, at \['z'\]"),
        ((1, Counter()), {}, "Counter .*argument 'y' of work.*declares that it cannot be a key"),
    ],
)
def test_the_parameter_is_named(make_app: Any, args: Any, kwargs: Any, said: str) -> None:
    async def main() -> None:
        work(*args, **kwargs)

    with pytest.raises(errors.MemoKeyError, match=said) as caught:
        make_app(main).update_blocking()
    assert isinstance(caught.value, TypeError) and caught.value.function == "work"
    assert "@coco.fn(memo_key={" in str(caught.value)


def test_an_override_that_gives_no_key_is_named_by_its_parameter(make_app: Any) -> None:
    @coco.fn(memo=True, memo_key={"x": lambda x: LOCK})
    def overridden(x: int) -> None: ...

    async def main() -> None:
        overridden(1)

    with pytest.raises(errors.MemoKeyError, match=r"argument 'x' of .*overridden"):
        make_app(main).update_blocking()


def test_arguments_of_mounted_components_are_named(make_app: Any, caplog: pytest.LogCaptureFixture) -> None:
    async def main(args: tuple[Any, ...]) -> None:
        await coco.use_mount(coco.component_subpath("x"), work, *args)

    with pytest.raises(errors.MemoKeyError, match="argument 'y' of work"):
        make_app(main, (1, LOCK)).update_blocking()

    async def each() -> None:
        items: list[tuple[str, Any]] = [("a", LOCK), ("b", 1)]
        await coco.mount_each(work, items)

    make_app(each, name="each").update_blocking()
    assert "argument 'x' of work" in caplog.text

    async def shared() -> None:
        await coco.mount_each(work, [("a", 1)], LOCK)

    with pytest.raises(errors.MemoKeyError, match="argument 'y' of work"):
        make_app(shared, name="shared").update_blocking()


def test_what_does_not_fit_the_signature_is_pythons_error(make_app: Any) -> None:
    @coco.fn(memo=True)
    def two(x: int, y: int) -> None: ...

    untyped: Any = two

    async def main() -> None:
        untyped(LOCK)

    with pytest.raises(TypeError):
        make_app(main).update_blocking()
