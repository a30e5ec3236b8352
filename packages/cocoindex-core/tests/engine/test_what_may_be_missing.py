"""What an action that failed may have left out is remembered until it is applied, wherever states are stored."""

from __future__ import annotations

import pathlib
from collections.abc import Collection, Sequence
from typing import Any

import json_target
import pytest
import quick_python

import cocoindex as coco


class Server:
    """A target that may be down; reconciles by value. Its provider is registered anew for each update, or not."""

    def __init__(self) -> None:
        self.data: dict[Any, Any] = {}
        self.is_down = False
        self.sink = coco.TargetActionSink.from_fn(self.apply)

    def reconcile(
        self, key: Any, desired: Any, prev: Collection[Any], missing: bool, /
    ) -> coco.TargetReconcileOutput[Any, Any] | None:
        if coco.is_non_existence(desired):
            return coco.TargetReconcileOutput((key, None), self.sink, coco.NON_EXISTENCE)
        if not missing and list(prev) == [desired]:
            return None
        return coco.TargetReconcileOutput((key, desired), self.sink, desired)

    def apply(self, context: coco.ContextProvider, actions: Sequence[Any]) -> None:
        if self.is_down:
            raise ConnectionError("the server is down")
        for key, value in actions:
            if value is None:
                self.data.pop(key, None)
            else:
                self.data[key] = value


MANY = pytest.mark.parametrize("many", [3, 15, 17, 3000])


@MANY
@pytest.mark.parametrize("memo", [False, True])
@pytest.mark.parametrize("between", [0, 1, 3])
def test_a_first_insert_that_failed(make_app: Any, many: int, memo: bool, between: int) -> None:
    """Also where meanwhile the component runs, and declares other states, or fails itself."""
    server, steps = Server(), {"step": "all"}
    provider: Any = coco.register_root_target_states_provider("test/server", server)

    @coco.fn(memo=memo)
    async def rows(step: str) -> None:
        if step == "fails":
            raise ValueError(step)
        for number in range(many if step == "all" else many // 2):
            coco.declare_target_state(provider.target_state(number, "v" * 50))

    @coco.fn
    async def main() -> None:
        await coco.mount(rows, steps["step"])

    app = make_app(main)
    server.is_down = True
    app.update_blocking()
    for number in range(between):
        steps["step"] = ["fails", "half", "fails"][number]
        app.update_blocking()
    server.is_down, steps["step"] = False, "all"
    app.update_blocking()
    assert server.data == dict.fromkeys(range(many), "v" * 50)


@MANY
def test_nothing_registers_the_target_meanwhile(tmp_path: pathlib.Path, many: int) -> None:
    """Each step is a process of its own; in the second the component is not mounted, and its target not known."""
    program = tmp_path / "program.py"
    program.write_text(_PROGRAM)

    def step(number: int) -> int:
        return int(quick_python.run([program, str(number), str(many), tmp_path]).stdout)

    assert [step(number) for number in (1, 2, 3, 3)] == [0, 0, many, many]


_PROGRAM = (
    json_target.SOURCE
    + """
import logging, pathlib, sys

logging.disable(logging.ERROR)
step, many, folder = sys.argv[1], int(sys.argv[2]), pathlib.Path(sys.argv[3])
data = folder / "data.json"

def before(actions):
    if step == "1":
        raise ConnectionError("the server is down")

if step != "2":
    provider = rows_in(data, before)

async def rows():
    for number in range(many):
        coco.declare_target_state(provider.target_state(f"k{number}", "v" * 50))

async def main():
    if step != "2":
        await coco.mount(rows)

environment = coco.Environment(coco.Settings(db_path=folder / "store"))
coco.App(coco.AppConfig("app", environment=environment), main).update_blocking()
print(len(json.loads(data.read_text())) if data.exists() else 0)
"""
)
