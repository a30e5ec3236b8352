"""However a program is started, its functions, classes and pickles have one name: nothing runs again for that."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import quick_python

if TYPE_CHECKING:
    from tests.cli.conftest import Shell

PROGRAM = """
import dataclasses, enum, logging, pathlib
import cocoindex as coco

HERE = pathlib.Path(__file__).resolve().parent

@coco.lifespan
def lifespan(builder):
    builder.settings.db_path = HERE / "app.db"
    yield

class Color(enum.Enum):
    RED = "red"

@dataclasses.dataclass
class Item:
    name: str
    color: Color

@coco.serialize_by_pickle
class Result:
    def __init__(self, text):
        self.text, self.kind = text, Result

    def __eq__(self, other):
        return type(other) is Result and other.text == self.text

def upper(text):
    return text.upper()

def said(*what):
    with open(HERE / "runs.txt", "a") as file:
        print(*what, file=file)

@coco.fn(memo=True, deps=[upper, Item])
def call(item, kind, *functions, log=logging.getLogger(__name__)) -> Result:
    said("call", item.name)
    return Result([function(item.name) for function in functions])

@coco.fn(memo=True)
def component(item) -> list[Result]:
    said("component", item.name)
    return [call(item, Item, upper, lambda text: text)]

@coco.fn
async def main():
    item = Item("a", Color.RED)
    assert call(item, Item, upper, lambda text: text * 2) == Result(["A", "aa"])
    assert await coco.use_mount(coco.component_subpath("c"), component, item) == [Result(["A", "a"])]

app = coco.App("Names", main)
if __name__ == "__main__":
    app.update_blocking()
"""


def start(cwd: Path, *command: str) -> None:
    if command[0] == "cocoindex":
        name = str(Path(sys.executable).with_name("cocoindex"))
        done = quick_python.run([name, *command[1:]], cwd=cwd)
    else:
        done = subprocess.run([sys.executable, *command[1:]], cwd=cwd, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


BY_FILE = [
    ("", "python", "main.py"),
    ("", "cocoindex", "update", "--strict", "main.py"),
    ("", "cocoindex", "update", "--strict", "main"),
    ("", "python", "-m", "main"),
    ("beside", "cocoindex", "update", "--strict", "../main.py"),
    ("beside", "python", "../main.py"),
    ("", "python", "-c", "import main; main.app.update_blocking()"),
]
BY_LINK = [
    ("", "python", "main.py"),
    ("", "python", "link.py"),
    ("", "cocoindex", "update", "--strict", "link.py"),
    ("", "python", "-m", "link"),
    ("beside", "python", "linked.py"),
    ("", "cocoindex", "update", "--strict", "beside/linked.py"),
]
AS_ANOTHER_MAIN = [
    ("", "python", "main.py"),
    ("", "python", "-m", "cProfile", "-o", "profile", "main.py"),
    ("", "python", "-m", "trace", "--count", "-C", "counts", "main.py"),
    ("", "python", "-c", "import runpy; runpy.run_path('main.py', run_name='__main__')"),
    ("", "python", "-c", "import runpy; runpy.run_module('main', run_name='__main__')"),
]
# A process that `multiprocessing` spawns imports what is `__main__` here as `__mp_main__`.
SPAWN = f"""{PROGRAM.rpartition("if __name__")[0]}
def work():
    app.update_blocking()

if __name__ == "__main__":
    import multiprocessing
    process = multiprocessing.get_context("spawn").Process(target=work)
    process.start()
    process.join()
    work()
    raise SystemExit(process.exitcode)
"""
BY_PACKAGE = [
    ("", "python", "-m", "pkg.main"),
    ("", "cocoindex", "update", "--strict", "pkg.main"),
    ("", "python", "-c", "from pkg import main; main.app.update_blocking()"),
]
BY_PATH = [
    ("", "python", "pkg/main.py"),
    ("", "cocoindex", "update", "--strict", "pkg/main.py"),
    ("pkg", "python", "main.py"),
    ("pkg", "cocoindex", "update", "--strict", "main.py"),
    ("pkg", "cocoindex", "update", "--strict", "main"),
]
BY_LINK_OF_PACKAGE = [
    ("", "python", "linked/main.py"),
    ("", "cocoindex", "update", "--strict", "linked/main.py"),
    ("", "python", "-m", "linked.main"),
    ("", "cocoindex", "update", "--strict", "linked.main"),
]
OF_PACKAGE = [
    ("", "python", "-m", "pkg"),
    ("", "cocoindex", "update", "--strict", "pkg.__main__"),
    ("", "python", "pkg"),
]


@pytest.mark.parametrize(
    ("program", "package", "ways"),
    [
        ("main.py", "", BY_FILE),
        ("main.py", "", BY_LINK),
        ("main.py", "", AS_ANOTHER_MAIN),
        ("pkg/main.py", "pkg/__init__.py", BY_PACKAGE + BY_PATH),
        ("pkg/main.py", "", BY_PACKAGE),
        ("pkg/main.py", "pkg/__init__.py", BY_LINK_OF_PACKAGE),
        ("pkg/__main__.py", "pkg/__init__.py", OF_PACKAGE),
    ],
    ids=["file", "link", "another main", "package", "namespace", "linked package", "main of a package"],
)
def test_nothing_runs_again(shell: Shell, program: str, package: str, ways: list[tuple[str, ...]]) -> None:
    shell.write(program, PROGRAM)
    shell.write("beside/empty", "")
    for link, target in {"link.py": "main.py", "beside/linked.py": "../main.py", "linked": "pkg"}.items():
        (shell.folder / link).symlink_to(target)
    if package:
        shell.write(package, "")
    runs = (shell.folder / program).with_name("runs.txt")
    for cwd, *command in ways:
        start(shell.folder / cwd, *command)
        assert runs.read_text().split("\n") == ["call a", "component a", "call a", ""], command


def test_a_process_that_is_spawned(shell: Shell) -> None:
    shell.write("main.py", SPAWN)
    start(shell.folder, "python", "main.py")
    start(shell.folder, "cocoindex", "update", "--strict", "main.py")
    assert (shell.folder / "runs.txt").read_text().split("\n") == ["call a", "component a", "call a", ""]
