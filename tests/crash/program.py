"""A program that kills itself with SIGKILL at one step of an update; run by the crash tests as a process of its own.

Usage: program.py FOLDER STEP NTH; STEP is `none` to run to the end. FOLDER holds `source.json` (path → value, the
files that should be), `store` and `out` (one file for each target state, written by the sink).
"""

from __future__ import annotations

import json
import os
import pathlib
import signal
import sys
from collections.abc import Collection, Sequence
from typing import Any

import cocoindex as coco

FOLDER, STEP, NTH = pathlib.Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
OUT = FOLDER / "out"
_counts: dict[str, int] = {}


def at(step: str) -> None:
    """Die here, if this is the step and the time to."""
    _counts[step] = _counts.get(step, 0) + 1
    if step == STEP and _counts[step] == NTH:
        os.kill(os.getpid(), signal.SIGKILL)


def apply(context: coco.ContextProvider, actions: Sequence[tuple[str, str | None]]) -> None:
    at("sink")
    for name, content in actions:
        if content is None:
            (OUT / name).unlink(missing_ok=True)
        else:
            (OUT / name).write_text(content)
        at("action")
    at("applied")


SINK = coco.TargetActionSink.from_fn(apply)


class Files:
    def reconcile(
        self, key: coco.StableKey, desired: Any, prev_possible_records: Collection[str], prev_may_be_missing: bool, /
    ) -> Any:
        at("reconcile")
        if coco.is_non_existence(desired):
            return coco.TargetReconcileOutput((key, None), SINK, coco.NON_EXISTENCE)
        if not prev_may_be_missing and all(prev == desired for prev in prev_possible_records):
            return None
        return coco.TargetReconcileOutput((key, desired), SINK, desired)


PROVIDER: Any = coco.register_root_target_states_provider("crash/files", Files())


@coco.fn(memo=True)
async def process(values: list[tuple[str, str]]) -> None:
    at("process")
    for name, content in values:
        coco.declare_target_state(PROVIDER.target_state(name, content))


@coco.fn(memo=True)
async def group(members: dict[str, list[tuple[str, str]]]) -> None:
    await coco.mount_each(process, members.items())


@coco.fn
async def main() -> None:
    source = json.loads((FOLDER / "source.json").read_text())
    for name, members in source.items():
        await coco.mount(coco.component_subpath(name), group, members)


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
if STEP == "drop":
    app.drop_blocking()
else:
    app.update_blocking()
