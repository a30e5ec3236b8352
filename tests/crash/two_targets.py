"""A program that kills itself with SIGKILL while the sinks of two targets are being called, or one of them.

Usage: two_targets.py FOLDER STEP NTH; STEP is `none` to run to the end. FOLDER holds `source.json` (name → value),
`store` and `out` (one file for each target state: `slow-NAME`, `fast-NAME`, and both of them in `both-NAME`).
The slow sink has done half of its first call, and waits until all that is in the fast one only is committed.
"""

from __future__ import annotations

import asyncio
import json
import os
import pathlib
import signal
import sys
from collections.abc import Awaitable, Callable, Collection, Sequence
from typing import Any

import cocoindex as coco

FOLDER, STEP, NTH = pathlib.Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
OUT = FOLDER / "out"
_counts: dict[str, int] = {}
_slow_called, _go_on = asyncio.Event(), asyncio.Event()

Action = tuple[str, str | None]


def at(step: str) -> None:
    """Die here, if this is the step and the time to."""
    _counts[step] = _counts.get(step, 0) + 1
    if step == STEP and _counts[step] == NTH:
        os.kill(os.getpid(), signal.SIGKILL)


def write(actions: Sequence[Action]) -> None:
    for name, content in actions:
        if content is None:
            (OUT / name).unlink(missing_ok=True)
        else:
            (OUT / name).write_text(content)


async def apply_slowly(context: coco.ContextProvider, actions: Sequence[Action]) -> None:
    middle = len(actions) // 2
    write(actions[:middle])
    _slow_called.set()
    await _go_on.wait()
    at("slow, half")
    write(actions[middle:])
    at("slow, whole")


async def apply_fast(context: coco.ContextProvider, actions: Sequence[Action]) -> None:
    at("fast, before")
    write(actions)
    at("fast, whole")


class Files:
    def __init__(self, apply: Callable[[coco.ContextProvider, Sequence[Action]], Awaitable[None]]) -> None:
        self._sink = coco.TargetActionSink.from_async_fn(apply)

    def reconcile(
        self, key: coco.StableKey, desired: Any, prev_possible_records: Collection[str], prev_may_be_missing: bool, /
    ) -> Any:
        if coco.is_non_existence(desired):
            return coco.TargetReconcileOutput((key, None), self._sink, coco.NON_EXISTENCE)
        if not prev_may_be_missing and all(prev == desired for prev in prev_possible_records):
            return None
        return coco.TargetReconcileOutput((key, desired), self._sink, desired)


SLOW: Any = coco.register_root_target_states_provider("crash/slow", Files(apply_slowly))
FAST: Any = coco.register_root_target_states_provider("crash/fast", Files(apply_fast))


@coco.fn(memo=True)
async def put(name: str, value: str, targets: list[str]) -> None:
    for target in targets:
        provider = SLOW if target == "slow" else FAST
        coco.declare_target_state(provider.target_state(f"{target}-{name}", value))


@coco.fn
async def main() -> None:
    source = json.loads((FOLDER / "source.json").read_text())
    for name, value in source.items():
        await coco.mount(coco.component_subpath("slow", name), put, name, value, ["slow"])
    try:
        async with asyncio.timeout(0.2):  # where nothing changed, it is not called
            await _slow_called.wait()
    except TimeoutError:
        pass
    for name, value in source.items():
        await coco.mount(coco.component_subpath("both", name), put, f"both-{name}", value, ["slow", "fast"])
    for name, value in source.items():
        await (await coco.mount(coco.component_subpath("fast", name), put, name, value, ["fast"])).ready()
    at("fast, committed")
    _go_on.set()


def kill_in_store() -> None:
    """Die before or after a transaction of the store."""
    from cocoindex._engine.batch import Batch

    commit = Batch.commit

    def counted(batch: Batch) -> None:
        at("before commit")
        commit(batch)
        at("after commit")

    setattr(Batch, "commit", counted)  # noqa: B010  # a method that is replaced on purpose


kill_in_store()
environment = coco.Environment(coco.Settings(db_path=FOLDER / "store"))
app = coco.App(coco.AppConfig("crash", environment=environment), main)
app.update_blocking()
