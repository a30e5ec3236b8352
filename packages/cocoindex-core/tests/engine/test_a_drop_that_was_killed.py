"""After a drop that was killed, an update in which some components fail leaves it to the next to apply theirs."""

from __future__ import annotations

import json
import pathlib

import json_target
import pytest
import quick_python

PROGRAM = (
    json_target.SOURCE
    + """
import logging, os, pathlib, sys

logging.disable(logging.ERROR)
act, folder, many, bad = sys.argv[1], pathlib.Path(sys.argv[2]), int(sys.argv[3]), sys.argv[4:]
data = folder / "data.json"

def before(actions):
    for key, value in actions:
        if "sink " + key[0] in bad:
            raise ValueError(key)

def after():
    if act == "killed":
        os._exit(9)

provider = rows_in(data, before, after)

@coco.fn(memo=True)
async def rows(name):
    if "body " + name in bad:
        raise ValueError(name)
    for number in range(many):
        coco.declare_target_state(provider.target_state(f"{name}{number}", "v" * 50))

@coco.fn(memo=True)
async def parent(name):
    if "parent " + name in bad:
        raise ValueError(name)
    await coco.mount(rows, name)

@coco.fn
async def main():
    for name in "abc":
        await coco.mount(coco.component_subpath(name), parent, name)

app = coco.App(coco.AppConfig("app", environment=coco.Environment(coco.Settings(db_path=folder / "store"))), main)
app.update_blocking() if act == "update" else app.drop_blocking()
"""
)


@pytest.mark.parametrize("many", [1, 3000])
@pytest.mark.parametrize("bad", ["body b", "sink b", "parent b"])
def test_what_failed_is_applied_by_the_next(tmp_path: pathlib.Path, many: int, bad: str) -> None:
    program = tmp_path / "program.py"
    program.write_text(PROGRAM)

    def run(act: str, *bad: str) -> int:
        return quick_python.run([program, act, tmp_path, str(many), *bad]).returncode

    def held() -> set[str]:
        return set(json.loads((tmp_path / "data.json").read_text()))

    whole = {f"{name}{number}" for name in "abc" for number in range(many)}
    assert run("update") == 0
    assert held() == whole
    assert run("killed") == 9
    assert held() < whole
    assert run("update", bad) == 0
    assert {row for row in held() if row[0] != "b"} == {row for row in whole if row[0] != "b"}
    assert run("update") == 0
    assert held() == whole
