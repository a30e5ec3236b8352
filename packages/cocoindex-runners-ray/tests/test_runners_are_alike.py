"""One program in threads, in processes, in the subprocess of a GPU and on Ray: the same target, and the same calls
after each change.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = """
import functools, os, pathlib
import cocoindex as coco
from cocoindex.connectors import localfs
import helpers

HERE = pathlib.Path("FOLDER")
WORD = coco.ContextKey[str]("word", detect_change=True)
MODEL = coco.ContextKey["Model"]("model", detect_change=True)


class Model:
    def __init__(self, name):
        self.name = name

    def __coco_memo_key__(self):
        return self.name


def provide(context):
    context.provide(WORD, os.environ["ALIKE_WORD"])
    context.provide(MODEL, Model(os.environ["ALIKE_MODEL"]))


@coco.lifespan
def lifespan(builder):
    provide(builder)
    yield


def make_runner(name):
    if name == "ray":
        from cocoindex.runners.ray import RayRunner
        names = "ALIKE_WORD", "ALIKE_MODEL"
        return RayRunner(initializer=provide, runtime_env={"env_vars": {name: os.environ[name] for name in names}})
    return {"processes": coco.ProcessRunner(2, initializer=provide), "gpu": coco.GPU}.get(name)


KINDS = {
    "module": helpers.by_module,
    "method": lambda text: helpers.Holder().by_method(text),
    "partial": lambda text: functools.partial(helpers.by_partial, text)(),
    "word": lambda _: coco.use_context(WORD),
    "model": lambda _: coco.use_context(MODEL).name,
    "nothing": lambda _: "nothing",
}
if "RUNNER" == "gpu":  # its subprocess has no context values
    del KINDS["word"], KINDS["model"]


def note(name):
    with (HERE / "runs").open("a") as runs:
        runs.write(name + "\\n")


@coco.fn.as_async(memo=True, runner=make_runner("RUNNER"))
def work(kind):
    note(kind)
    return KINDS[kind](kind)


@coco.fn.as_async(memo=True, runner=make_runner("RUNNER"), batching=True)
def in_batches(kinds):
    note("batch")
    return [helpers.by_module(kind) for kind in kinds]


@coco.fn(memo=True)
async def process(kind, target):
    target.declare_file(kind, await (in_batches if kind == "batch" else work)(kind))


@coco.fn
async def app_main():
    target = await localfs.mount_dir_target(HERE / "out")
    await coco.mount_each(process, [(kind, kind) for kind in (*KINDS, "batch")], target)


app = coco.App(coco.AppConfig("app"), app_main)
"""
HELPERS = """
import cocoindex as coco


@coco.fn
def by_module(text):
    return text + "1"


class Holder:
    @coco.fn
    def by_method(self, text):
        return text + "2"


@coco.fn
def by_partial(text):
    return text + "3"
"""


@pytest.mark.parametrize("runner", ["threads", "processes", "gpu", pytest.param("ray", marks=pytest.mark.ray)])
def test_it(runner: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    pytest.importorskip("cocoindex.connectors.localfs", reason="the program writes files")
    env = {**os.environ, "COCOINDEX_DB": str(tmp_path / "store"), "ALIKE_WORD": "word", "ALIKE_MODEL": "small"}
    env["COCOINDEX_RUN_GPU_IN_SUBPROCESS"] = "1"
    if runner == "ray":
        env["RAY_ADDRESS"] = request.getfixturevalue("address")
        env["PYTHONPATH"] = str(tmp_path)  # the runner was told what its workers get
    (tmp_path / "main.py").write_text(PROGRAM.replace("FOLDER", str(tmp_path)).replace("RUNNER", runner))

    def update() -> tuple[set[str], dict[str, str]]:
        """What was called, and what is there now."""
        (tmp_path / "runs").write_text("")
        command = [sys.executable, "-m", "cocoindex", "update", "main.py"]
        ran = subprocess.run(command, cwd=tmp_path, env=env, capture_output=True, text=True)
        assert ran.returncode == 0, ran.stdout + ran.stderr
        files = (tmp_path / "out").iterdir()
        return {*(tmp_path / "runs").read_text().split()}, {path.name: path.read_text() for path in files}

    # Each component depends on one thing, so that one update shows of each change whom it concerns: each costs a
    # connection there.
    (tmp_path / "helpers.py").write_text(HELPERS)
    helped = {"module": "module1", "method": "method2", "partial": "partial3", "batch": "batch1"}
    provided = {"word": "word", "model": "small"} if runner != "gpu" else {}
    wanted = {**helped, **provided, "nothing": "nothing"}
    assert update() == ({*wanted}, wanted)
    (tmp_path / "helpers.py").write_text(HELPERS.replace('text + "', 'text + "edited'))
    env |= {"ALIKE_WORD": "other", "ALIKE_MODEL": "large"}
    helped = {kind: f"{text[:-1]}edited{text[-1]}" for kind, text in helped.items()}
    provided = {kind: env[f"ALIKE_{kind.upper()}"] for kind in provided}
    wanted = {**helped, **provided, "nothing": "nothing"}
    assert update() == ({*wanted} - {"nothing"}, wanted)
    assert update() == (set(), wanted)
