"""One program in threads, in processes and on Ray: the same target, and the same calls after each change."""

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
    return coco.ProcessRunner(2, initializer=provide) if name == "processes" else None


@coco.fn.as_async(memo=True, runner=make_runner("RUNNER"))
def work(text):
    with (HERE / "runs").open("a") as runs:
        runs.write(text)
    parts = helpers.by_module(text), helpers.Holder().by_method(text), functools.partial(helpers.by_partial, text)()
    return " ".join([*parts, coco.use_context(WORD), coco.use_context(MODEL).name])


@coco.fn.as_async(memo=True, runner=make_runner("RUNNER"), batching=True)
def in_batches(texts):
    return [helpers.by_module(text) for text in texts]


@coco.fn(memo=True)
async def process(name, target):
    target.declare_file(name, await work(name) + " " + await in_batches(name))


@coco.fn
async def app_main():
    target = await localfs.mount_dir_target(HERE / "out")
    await coco.mount_each(process, [(name, name) for name in "ab"], target)


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


@pytest.mark.parametrize("runner", ["threads", "processes", pytest.param("ray", marks=pytest.mark.ray)])
def test_it(runner: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    pytest.importorskip("cocoindex.connectors.localfs", reason="the program writes files")
    env = {**os.environ, "COCOINDEX_DB": str(tmp_path / "store"), "ALIKE_WORD": "word", "ALIKE_MODEL": "small"}
    if runner == "ray":
        env["RAY_ADDRESS"] = request.getfixturevalue("address")
        env["PYTHONPATH"] = str(tmp_path)  # the runner was told what its workers get
    (tmp_path / "main.py").write_text(PROGRAM.replace("FOLDER", str(tmp_path)).replace("RUNNER", runner))

    def update(helpers: str) -> tuple[str, str]:
        """What was called, and what is there now for one of the two."""
        (tmp_path / "helpers.py").write_text(helpers)
        (tmp_path / "runs").write_text("")
        command = [sys.executable, "-m", "cocoindex", "update", "main.py"]
        ran = subprocess.run(command, cwd=tmp_path, env=env, capture_output=True, text=True)
        assert ran.returncode == 0, ran.stdout + ran.stderr
        return "".join(sorted((tmp_path / "runs").read_text())), (tmp_path / "out" / "a").read_text()

    parts, helpers = ["a1", "a2", "a3"], HELPERS
    assert update(helpers) == ("ab", f"{' '.join(parts)} word small a1")
    for number in "1" if runner == "ray" else "123":  # each update takes its time there, to connect
        helpers = helpers.replace(f'"{number}"', f'"{number}{number}"')
        parts[int(number) - 1] += number
        assert update(helpers) == ("ab", f"{' '.join(parts)} word small a11")
    env["ALIKE_WORD"] = "other"
    assert update(helpers) == ("ab", f"{' '.join(parts)} other small a11")
    env["ALIKE_MODEL"] = "large"
    assert update(helpers) == ("ab", f"{' '.join(parts)} other large a11")
    assert update(helpers) == ("", f"{' '.join(parts)} other large a11")
