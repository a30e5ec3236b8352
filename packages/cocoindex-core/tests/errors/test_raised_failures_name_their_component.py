"""A failure that is raised says in a note which component it comes from: the innermost, and once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest

import cocoindex as coco


def fail(_context: coco.ContextProvider, _actions: Sequence[int]) -> None:
    raise OSError("the server is gone")


class Handler:
    def reconcile(
        self, _key: coco.StableKey, desired: int | coco.NonExistenceType, _previous: object, _missing: bool, /
    ) -> coco.TargetReconcileOutput[int, int] | None:
        if coco.is_non_existence(desired):
            return None
        return coco.TargetReconcileOutput(desired, SINK, desired)


SINK = coco.TargetActionSink[int].from_fn(fail)
TARGET = coco.register_root_target_states_provider("tests/noted_failures", Handler())


@coco.fn
async def declares() -> None:
    coco.declare_target_state(TARGET.target_state("key", 1))


@coco.fn
async def between(inner: Callable[[], Any]) -> None:
    await coco.use_mount(coco.component_subpath("inner"), inner)


@coco.fn
async def raises() -> None:
    raise OSError("the server is gone")


@pytest.mark.parametrize("inner", [declares, raises])
def test_of_a_mounted_component(make_app: Any, inner: Callable[[], Any]) -> None:
    @coco.fn
    async def main() -> None:
        await coco.use_mount(coco.component_subpath("outer", 1), between, inner)

    with pytest.raises(OSError, match="the server is gone") as caught:
        make_app(main).update_blocking()
    name = "declares" if inner is declares else "raises"
    assert caught.value.__notes__ == [f'in component /"outer"/1/"inner" ({name})']


def test_of_the_root(make_app: Any) -> None:
    with pytest.raises(OSError) as caught:
        make_app(declares).update_blocking()
    assert caught.value.__notes__ == ["in component / (declares)"]


def test_what_handlers_are_told_of_has_no_note(make_app: Any) -> None:
    told: list[BaseException] = []

    @coco.fn
    async def main() -> None:
        async with coco.exception_handler(lambda error, _: told.append(error)):
            await coco.mount(coco.component_subpath("child"), declares)

    make_app(main).update_blocking()
    assert [getattr(error, "__notes__", []) for error in told] == [[]]
