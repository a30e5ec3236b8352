"""A type checker with no configuration understands what is installed from wheels, also what a third party adds."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.packaging.conftest import Built, Env

pytestmark = pytest.mark.distributions

PROGRAM = """
from pathlib import Path

import cocoindex as coco
from cocoindex.connectors import acme, localfs, sqlite
from cocoindex.ops.text import RecursiveSplitter
from cocoindex.plugins import Plugin, list_plugins
from cocoindex.resources.chunk import Chunk


@coco.fn(memo=True)
async def process(file: localfs.File, board: Path) -> int:
    text = await file.read_text()
    chunks: list[Chunk] = RecursiveSplitter().split(text, chunk_size=100)
    acme.pin(board, "first", chunks[0].text)
    return len(chunks)


def names() -> list[str]:
    plugins: list[Plugin] = list_plugins("cocoindex.ops")
    return [plugin.name for plugin in plugins]


assert sqlite
"""

# One error a line; checkers that take the packages for untyped would see none of them.
WRONG = """
from cocoindex.connectors import acme
from cocoindex.ops.text import RecursiveSplitter
from cocoindex.plugins import list_plugins

acme.pin("board", 1, b"text")
RecursiveSplitter().split(b"bytes", chunk_size="many")
list_plugins(3)
"""


@pytest.fixture
def user(built: dict[str, Built], acme: Built, env: Env) -> Env:
    """An environment with all our wheels and the third party's, and the two programs in its folder."""
    env.install(acme.wheel, *(package.wheel for package in built.values()), "cocoindex-core[text]")
    (env.folder / "program.py").write_text(PROGRAM)
    (env.folder / "wrong.py").write_text(WRONG)
    return env


@pytest.mark.parametrize(
    "checker", [("mypy", "--strict", "--python-executable"), ("pyright", "--pythonpath")], ids=["mypy", "pyright"]
)
def test_right_and_wrong_programs_are_told_apart(user: Env, checker: tuple[str, ...]) -> None:
    status, output = _check(user, *checker, user.python, "program.py")
    assert status == 0, output
    status, output = _check(user, *checker, user.python, "wrong.py")
    assert status == 1, output
    for line in range(6, 9):
        assert f"wrong.py:{line}:" in output, output
    assert "untyped" not in output
    assert "stub" not in output


def _check(user: Env, checker: str, *args: str | Path) -> tuple[int, str]:
    command = [sys.executable, "-m", checker, *map(str, args)]
    done = subprocess.run(command, cwd=user.folder, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr
