"""`nox -s api` fails on each change of a public interface, until it is approved."""

from __future__ import annotations

import importlib
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

BEFORE = """
from dataclasses import dataclass
from typing import NamedTuple, overload

from ._inner import Kept as Kept
from ._inner import _Maker
from ._inner import make as make

LIMIT: int = 3
SIZES = (1, 2)
maker = _Maker()

class Board(Kept):
    name: str
    def __init__(self, name: str, *, size: int = 3) -> None:
        self.size = _Maker(self).made().twice
        self._maker = _Maker()
        self.other = unknown()
    def pin(self, title: str, /, *rest: str, **more: int) -> None: ...
    @property
    def pins(self) -> list[str]: ...
    def _private(self) -> None: ...

class Pin(NamedTuple):
    title: str
    text: str = ""

@dataclass
class Frame:
    width: int
    height: int = 1

@overload
def read(what: int) -> int: ...
@overload
def read(what: str) -> str: ...
def read(what): ...

async def close() -> None: ...
def _private() -> None: ...
"""
INNER = """
class _Base:
    def shared(self) -> int: ...

class Kept(_Base):
    def kept(self) -> None: ...

class _Maker:
    def __call__(self, a: int) -> int: ...

def make(a: int, b: str = "x") -> bool: ...
"""
Write = Callable[[str, str], None]
ROOT = Path(__file__).resolve().parents[2]


def main(root: Path, arguments: list[str]) -> int:
    """Run what the session runs, on another clone."""
    sys.path.append(str(ROOT))
    try:
        code: int = importlib.import_module("api.__main__").main(root, arguments)
    finally:
        sys.path.remove(str(ROOT))
    return code


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Return `write(facade, inner)`, which makes the sources of a distribution, approved as they are at first."""

    def sources(facade: str, inner: str) -> None:
        folder = tmp_path / "packages/acme-boards/src/acme"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "__init__.py").write_text(facade)
        (folder / "_inner.py").write_text(inner)

    sources(BEFORE, INNER)
    assert main(tmp_path, ["approve"]) == 0
    assert main(tmp_path, []) == 0
    return sources


CHANGES = [
    ("size: int = 3", "size: int = 4", "changed  acme.Board.__init__"),
    ("size: int = 3", "size: float = 3", "changed  acme.Board.__init__"),
    ("*, size: int = 3", "size: int = 3", "changed  acme.Board.__init__"),
    ("name: str, *", "title: str, *", "changed  acme.Board.__init__"),
    ("title: str, /, ", "title: str, ", "changed  acme.Board.pin"),
    ("**more: int", "**more: str", "changed  acme.Board.pin"),
    (") -> list[str]", ") -> set[str]", "changed  acme.Board.pins"),
    ("@property\n    def pins", "def pins", "changed  acme.Board.pins"),
    ("class Board(Kept)", "class Board", "changed  acme.Board"),
    ("name: str\n", "name: str | None\n", "changed  acme.Board.name"),
    ("def read(what: str) -> str", "def read(what: str) -> bytes", "changed  acme.read@2"),
    ("async def close", "def close", "changed  acme.close"),
    ('title: str\n    text: str = ""', 'text: str\n    title: str = ""', "changed  acme.Pin.__new__"),
    ('text: str = ""', "text: str", "changed  acme.Pin.__new__"),
    ("height: int = 1", "height: int", "changed  acme.Frame.__init__"),
    ("LIMIT: int", "LIMIT: float", "changed  acme.LIMIT"),
    ("SIZES = (1, 2)", "SIZES = (1, 2, 3)", "changed  acme.SIZES"),
    ("SIZES = (1, 2)", "", "removed  acme.SIZES"),
    ("from ._inner import make as make", "from ._inner import make", "removed  acme.make"),
    ("    name: str\n", "", "removed  acme.Board.name"),
    ("async def close", "def shut() -> None: ...\nasync def close", "new      acme.shut"),
    ("    name: str\n", "    name: str\n    color: str\n", "new      acme.Board.color"),
]


@pytest.mark.parametrize(("old", "new", "told"), CHANGES)
def test_in_the_facade(
    tmp_path: Path, write: Write, capsys: pytest.CaptureFixture[str], old: str, new: str, told: str
) -> None:
    assert old in BEFORE
    write(BEFORE.replace(old, new), INNER)
    assert_told_until_approved(tmp_path, capsys, told)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('b: str = "x"', "b: str", "changed  acme.make"),
        ("__call__(self, a: int)", "__call__(self, a: str)", "changed  acme.maker.__call__"),
        ("def kept(self)", "def kept(self, more: int)", "changed  acme.Kept.kept"),
        ("def shared(self) -> int", "def shared(self) -> str", "changed  acme.Kept.shared"),
        ("    def shared(self) -> int: ...", "    ...", "removed  acme.Kept.shared"),
    ],
)
def test_in_a_private_module_behind_it(
    tmp_path: Path, write: Write, capsys: pytest.CaptureFixture[str], old: str, new: str, told: str
) -> None:
    assert old in INNER
    write(BEFORE, INNER.replace(old, new))
    assert_told_until_approved(tmp_path, capsys, told)


def test_what_is_private_may_change(tmp_path: Path, write: Write) -> None:
    facade = BEFORE.replace("def _private(self) -> None", "def _other(self, x: int) -> int")
    write(facade.replace("def _private()", "def _more(x)"), INNER + "\nclass New: ...\n")
    assert main(tmp_path, []) == 0


def test_a_distribution_that_is_new_or_gone(tmp_path: Path, write: Write, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "packages/acme-boards").rename(tmp_path / "packages/acme-pins")
    assert_told_until_approved(tmp_path, capsys, "acme-boards: removed")
    assert [file.name for file in (tmp_path / "api/approved").iterdir()] == ["acme-pins.txt"]


def test_what_has_changed_since_the_last_release_is_counted(
    tmp_path: Path, write: Write, capsys: pytest.CaptureFixture[str]
) -> None:
    git = ["git", "-C", str(tmp_path), "-c", "user.name=a", "-c", "user.email=a@b"]
    for command in (["init", "-q"], ["add", "-A"], ["commit", "-qm", "release"], ["tag", "acme-boards-0.9.0"]):
        subprocess.run([*git, *command], check=True)
    write(BEFORE.replace("LIMIT: int = 3", "BOUND: int = 3"), INNER)
    main(tmp_path, ["approve"])
    subprocess.run([*git, "commit", "-qam", "later"], check=True)
    subprocess.run([*git, "tag", "acme-boards-0.10.0"], check=True)
    write(BEFORE.replace("LIMIT: int = 3", "BOUND: float = 3"), INNER + "\n")
    main(tmp_path, ["approve"])
    capsys.readouterr()
    assert main(tmp_path, []) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "acme-boards: 1 changed since acme-boards-0.10.0"
    subprocess.run([*git, "tag", "acme-boards-0.10.0rc1", "HEAD~1"], check=True)
    assert main(tmp_path, []) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "acme-boards: 1 changed since acme-boards-0.10.0"
    (tmp_path / ".git" / "shallow").write_bytes(subprocess.check_output([*git, "rev-parse", "HEAD"]))
    assert main(tmp_path, []) == 0
    told = "changes since the last releases are not counted: the clone is shallow, tags may be missing"
    assert told in capsys.readouterr().out


def test_what_is_no_command_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(tmp_path, ["aprove"]) == 2
    assert capsys.readouterr().err == "usage: nox -s api [-- approve]\n"


def assert_told_until_approved(root: Path, capsys: pytest.CaptureFixture[str], told: str) -> None:
    capsys.readouterr()
    assert main(root, []) == 1
    said = capsys.readouterr().out
    assert told in [line.strip() for line in said.splitlines()]
    assert "nox -s api -- approve" in said
    assert main(root, ["approve"]) == 0
    assert main(root, []) == 0
