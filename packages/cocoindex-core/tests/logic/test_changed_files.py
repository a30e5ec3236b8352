from __future__ import annotations

import importlib.util
import linecache
import os
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cocoindex._function.logic import LogicFingerprint, logic_fingerprint

Load = Callable[..., Any]


def test_what_is_on_disk_does_not_count_once_it_differs_from_what_runs(load: Load) -> None:
    old, new = "def f(x): return 1", "def f(x): return 2"
    before, after = logic_fingerprint(load(old)), logic_fingerprint(load(new))
    function = load(old)
    fingerprint = LogicFingerprint(function)
    Path(function.__code__.co_filename).write_text(new + "  # edited while the program runs")
    assert fingerprint.digest not in (before, after)


def test_a_function_made_after_an_edit_has_the_logic_that_was_loaded(load: Load) -> None:
    text = "def make():\n    def inner(x): return 1\n    return inner"
    make, new = load(text, "make"), load(text.replace("1", "2"), "make")
    before = logic_fingerprint(make())
    Path(make.__code__.co_filename).write_text(text.replace("1", "2"))
    assert logic_fingerprint(make()) != logic_fingerprint(new())
    assert before != logic_fingerprint(new())


def test_a_module_that_is_loaded_again_has_the_logic_of_its_file(load: Load) -> None:
    old, new = "def f(x): return 1", "def f(x): return 2"
    function = load(old)
    logic_fingerprint(function)
    Path(function.__code__.co_filename).write_text(new + "  # edited")
    module = sys.modules["logic_sample"]
    assert module.__spec__ is not None and module.__spec__.loader is not None
    spec = importlib.util.spec_from_file_location("logic_sample", function.__code__.co_filename)
    assert spec is not None and spec.loader is not None
    module.__spec__ = spec  # as importlib.reload() does
    spec.loader.exec_module(module)
    assert logic_fingerprint(module.f) == logic_fingerprint(load(new))


def test_a_file_that_is_gone_does_no_harm(load: Load) -> None:
    function = load("def f(x): return 1")
    fingerprint = LogicFingerprint(function)
    os.unlink(function.__code__.co_filename)
    assert fingerprint.digest != LogicFingerprint(load("def f(x): return 2")).digest


def test_the_source_of_a_module_in_an_archive_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fingerprint(source: str, name: str) -> bytes:
        with zipfile.ZipFile(tmp_path / name, "w") as archive:
            archive.writestr("zipped.py", source)
        monkeypatch.syspath_prepend(str(tmp_path / name))
        monkeypatch.delitem(sys.modules, "zipped", raising=False)
        import zipped  # type: ignore[import-not-found]

        return logic_fingerprint(zipped.f)

    one = fingerprint("def f(x): return 1", "one.zip")
    assert (
        one == fingerprint("# moved\ndef f(x): return  1", "two.zip") != fingerprint("def f(x): return 2", "three.zip")
    )
    assert "source" not in one.decode("latin-1")


def test_the_source_of_a_notebook_cell_is_read() -> None:
    def run(source: str, cell: str) -> Any:
        linecache.cache[cell] = (len(source), None, source.splitlines(True), cell)
        namespace: dict[str, Any] = {"__name__": "__main__"}
        exec(compile(source, cell, "exec"), namespace)
        return namespace["f"]

    one = logic_fingerprint(run("def f(x):\n    return (1)\n", "<cell 1>"))
    assert one == logic_fingerprint(run("# again\ndef f(x) : return 1\n", "<cell 2>"))
    assert one != logic_fingerprint(run("def f(x):\n    return 2\n", "<cell 3>"))


PROGRAM = """
import sys
from cocoindex._function.logic import logic_fingerprint
names = {}
exec("def g(x): return x in {'a', 'b', 'c', 1, (2, 'x')}", names)
def f(x): return x in {'a', 'b', 'c', 1, (2, 'x')}
print(logic_fingerprint(f, deps={"a", "b"}).hex(), logic_fingerprint(names["g"]).hex())
"""


@pytest.mark.parametrize("options", [[], ["-O"]])
def test_fingerprints_are_the_same_in_every_process(tmp_path: Path, options: list[str]) -> None:
    (tmp_path / "program.py").write_text(PROGRAM)
    outputs = {
        subprocess.run(
            [sys.executable, *options, str(tmp_path / "program.py")],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("0", "1", "4711")
    }
    assert len(outputs) == 1 and len(outputs.pop()) > 60


def test_a_source_that_warns_does_not_warn_again(load: Load, recwarn: pytest.WarningsRecorder) -> None:
    source = "import warnings\ndef f(x): return 1\nif 0:\n    x = '\\\\d'\n"
    assert logic_fingerprint(load(source)) == logic_fingerprint(load("def f(x): return 1"))
    assert not recwarn.list
