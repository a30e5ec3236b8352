"""A function that is defined again in a process replaces the one before, whatever still refers to that one."""

from __future__ import annotations

import linecache
import runpy
import sys
import types
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import cocoindex as coco

HELPER = """
@coco.fn
def helper(x):
    if x == bad:
        raise ValueError(x)
    return x + 1
"""
REST = """
@coco.fn(memo=True)
def call(x: int) -> int:
    return helper(x)

@coco.fn(memo=True)
async def component(x: int) -> int:
    return helper(x)

@coco.fn
async def main():
    mounted = [await coco.use_mount(coco.component_subpath(x), component, x) for x in range(3)]
    return mounted + [call(x) for x in range(3)]
"""


@pytest.fixture
def cell(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], types.ModuleType]:
    """Run a cell of a notebook, each with a file name of its own."""
    notebook = types.ModuleType("notebook_of_test")
    monkeypatch.setitem(sys.modules, notebook.__name__, notebook)
    vars(notebook).update(coco=coco, bad=None)
    count = 0

    def run(source: str) -> types.ModuleType:
        nonlocal count
        count += 1
        name = f"<cell {count} of {notebook.__name__}>"
        linecache.cache[name] = (len(source), None, source.splitlines(True), name)
        exec(compile(source, name, "exec"), vars(notebook))
        return notebook

    return run


def update(env: coco.Environment, main: Any) -> Any:
    return coco.App(coco.AppConfig("notebook", environment=env), main).update_blocking()


def test_the_exception_of_the_last_cell_may_keep_the_old_one(
    env: coco.Environment, cell: Callable[[str], types.ModuleType]
) -> None:
    cell(HELPER + "bad = 2")
    main = cell(REST).main
    with pytest.raises(ValueError, match="2") as kept:
        update(env, main)
    cell(HELPER.replace("+ 1", "+ 10") + "bad = None")
    assert update(env, main) == [10, 11, 12] * 2
    cell(HELPER.replace("+ 1", "+ 20"))
    assert update(env, main) == [20, 21, 22] * 2
    assert kept.traceback


def test_a_list_may_keep_the_old_ones(env: coco.Environment, cell: Callable[[str], types.ModuleType]) -> None:
    names = vars(cell(HELPER + REST))
    kept = [dict(names)]
    assert update(env, names["main"]) == [1, 2, 3] * 2
    cell(HELPER.replace("+ 1", "+ 10"))
    assert update(env, names["main"]) == [10, 11, 12] * 2
    cell(HELPER)
    assert update(env, names["main"]) == [1, 2, 3] * 2
    assert kept


def test_functions_of_one_name_that_a_loop_makes_are_all_valid(
    env: coco.Environment, cell: Callable[[str], types.ModuleType]
) -> None:
    notebook = cell("""
runs, made = [], []
for factor in range(3):
    @coco.fn(memo=True)
    def times(x: int, factor: int = factor) -> int:
        runs.append(factor)
        return x * factor
    made.append(times)

@coco.fn
async def main():
    return [each(2) for each in made]
""")
    assert update(env, notebook.main) == update(env, notebook.main) == [0, 2, 4]
    assert notebook.runs == [0, 1, 2]


def test_lambdas_of_several_cells_are_all_valid(env: coco.Environment, cell: Callable[[str], types.ModuleType]) -> None:
    cell("runs = []\none = coco.fn(memo=True)(lambda x: (runs.append(x), x + 1)[1])")
    notebook = cell("two = coco.fn(memo=True)(lambda x: (runs.append(x), x * 2)[1])")
    main = cell("@coco.fn\nasync def main():\n    return [one(1), two(5)]").main
    assert update(env, main) == update(env, main) == [2, 10]
    assert notebook.runs == [1, 5]


def test_functions_of_one_name_in_two_modules_of_one_name_are_all_valid(env: coco.Environment) -> None:
    modules = [types.ModuleType("flow") for _ in range(2)]
    for number, module in enumerate(modules):
        vars(module).update(coco=coco, runs=[])
        body = f"    runs.append(x)\n    return x + {number}\n"
        source = f"@coco.fn(memo=True)\ndef call(x: int) -> int:\n{body}\n@coco.fn\ndef main():\n    return call(1)\n"
        exec(compile(source, f"<flow {number}>", "exec"), vars(module))
    apps = [coco.App(coco.AppConfig(f"app{n}", environment=env), module.main) for n, module in enumerate(modules)]
    for _ in range(2):
        assert [app.update_blocking() for app in apps] == [1, 2]
    assert [module.runs for module in modules] == [[1], [1]]


@pytest.mark.parametrize("name", ["__main__", "flow"])
def test_a_file_that_is_edited_and_run_again_in_one_process(env: coco.Environment, tmp_path: Path, name: str) -> None:
    kept, file = [], tmp_path / f"{name.strip('_')}_again.py"
    for added in (1, 1, 10, 10, 1):
        file.write_text(f"import cocoindex as coco\nbad = None\n{HELPER.replace('1', str(added))}{REST}")
        kept.append(runpy.run_path(str(file), run_name=name))
        assert update(env, kept[-1]["main"]) == [added, added + 1, added + 2] * 2


CLASS = """
@dataclasses.dataclass
class Derived(Base):
    y: int = 1
"""


def test_a_hit_has_the_class_that_was_defined_last(
    env: coco.Environment, cell: Callable[[str], types.ModuleType]
) -> None:
    cell("import dataclasses\nruns = []\n@dataclasses.dataclass\nclass Base:\n    x: int = 0")
    notebook = cell(CLASS)
    cell("""
@coco.fn(memo=True)
def give() -> Base:
    runs.append(1)
    return Derived()

@coco.fn
async def main():
    return give()
""")
    kept = [update(env, notebook.main)]
    cell(CLASS + "    def method(self): return 1\n")
    assert type(update(env, notebook.main)) is notebook.Derived
    assert len(notebook.runs) == 1
    cell(CLASS.replace("1", "5"))
    assert update(env, notebook.main) == notebook.Derived(0, 5)
    assert kept
