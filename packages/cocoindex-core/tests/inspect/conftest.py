"""An app with paths of every kind, and an in-memory place for its target states."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

import cocoindex as coco


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    """Run async tests, each on a loop of its own."""
    if not asyncio.iscoroutinefunction(pyfuncitem.obj):
        return None
    args = {name: pyfuncitem.funcargs[name] for name in pyfuncitem._fixtureinfo.argnames}
    asyncio.run(pyfuncitem.obj(**args))
    return True


held: dict[coco.StableKey, str] = {}


def _apply(context: coco.ContextProvider, actions: Sequence[tuple[coco.StableKey, str | None]]) -> None:
    for key, value in actions:
        if value is None:
            held.pop(key, None)
        else:
            held[key] = value


_sink = coco.TargetActionSink.from_fn(_apply)


class Values:
    """Keeps values in `held`."""

    def reconcile(
        self,
        key: coco.StableKey,
        desired: str | coco.NonExistenceType,
        prev_possible_records: Collection[str],
        prev_may_be_missing: bool,
        /,
    ) -> coco.TargetReconcileOutput[Any, str] | None:
        """Apply what differs."""
        if coco.is_non_existence(desired):
            return coco.TargetReconcileOutput((key, None), _sink, coco.NON_EXISTENCE)
        return coco.TargetReconcileOutput((key, desired), _sink, desired)


values = coco.register_root_target_states_provider("test/inspected", Values())

LONG = "x" * 1000


@coco.fn(memo=True)
def leaf(key: coco.StableKey) -> None:
    """Declare one value."""
    coco.declare_target_state(values.target_state(key, "value"))


@coco.fn
async def branch() -> None:
    """Mount below a path that the root mounts below, too."""
    await coco.mount(coco.component_subpath("inner"), leaf, "inner")


@coco.fn
async def main() -> None:
    """Mount components and leave gaps between their paths."""
    await coco.mount(coco.component_subpath("a", 1, "b"), leaf, "a1b")
    await coco.mount(coco.component_subpath("a", 2), leaf, ("a", 2))
    await coco.mount(coco.component_subpath("branch"), branch)
    await coco.mount(coco.component_subpath("branch", "outer"), leaf, "outer")
    await coco.mount(coco.component_subpath(LONG, "end"), leaf, "long")


@pytest.fixture
def environment(tmp_path: Path) -> Iterator[coco.Environment]:
    """An environment with a store of its own."""
    held.clear()
    environment = coco.Environment(coco.Settings(db_path=tmp_path / "store"))
    yield environment
    environment.close()


@pytest.fixture
def app(environment: coco.Environment) -> coco.App[[], None]:
    """The app, not updated yet."""
    return coco.App(coco.AppConfig("inspected", environment=environment), main)
