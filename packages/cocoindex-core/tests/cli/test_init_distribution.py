"""`cocoindex init --connector` and `--op` make a whole distribution in one step, under the names that were given."""

from __future__ import annotations

import ast
import os
import re
import signal
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from cocoindex._install_source import InstallSource

if TYPE_CHECKING:
    from tests.cli.conftest import Shell

KINDS = [("connector", "connectors"), ("op", "ops")]
IN_PLACE = {
    ".github/workflows/ci.yml",
    ".gitignore",
    "CHANGELOG.md",
    "LICENSE",
    "README.md",
    "noxfile.py",
    "pyproject.toml",
    "tests/test_plugin.py",
}
# Where core comes from a clone, as it does here, the sessions of nox would not find it.
LAST = "" if InstallSource.of().packages is not None else "  4. nox\n"
if InstallSource.of() == InstallSource():
    LAST += (
        "\nIf cocoindex-core is from a folder of wheels, first set PIP_FIND_LINKS and UV_FIND_LINKS to that folder.\n"
    )
# Is killed when all files are written and none is in its place yet.
KILLED = """
import os, pathlib
from cocoindex.cli import main
pathlib.Path.rename = lambda self, target: os.kill(os.getpid(), {signal})
main()
"""


def files(folder: Path) -> set[str]:
    """Return the paths of the files in a folder."""
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize(("kind", "namespace"), KINDS)
def test_all_is_in_place(shell: Shell, kind: str, namespace: str) -> None:
    done = shell.run("init", f"--{kind}", "my_db")
    assert (done.code, done.err) == (0, "")
    distribution = f"my-db-cocoindex-{kind}"
    assert done.out == (
        f"Created {kind} 'my_db' in {distribution!r}: the distribution {distribution}\n\nNext steps:\n"
        f'  1. cd {distribution}\n  2. pip install -e ".[dev]"\n  3. pytest\n{LAST}'
    )
    folder = shell.folder / distribution
    package = f"src/my_db_cocoindex_{kind}"
    assert files(folder) >= IN_PLACE | {
        f"{package}/__init__.py",
        f"{package}/py.typed",
        f"src/cocoindex/{namespace}/my_db.py",
    }
    assert not [name for name in files(folder) if "cocoindex/__init__.py" in name or name.endswith(".tmpl")]
    project = tomllib.loads((folder / "pyproject.toml").read_text())["project"]
    assert project["name"] == distribution
    assert project["entry-points"] == {f"cocoindex.{namespace}": {"my_db": f"my_db_cocoindex_{kind}"}}
    assert all(re.fullmatch(r"cocoindex-core ~= \d+\.\d+", need) for need in project["dependencies"])


@pytest.mark.parametrize(("kind", "namespace"), [*KINDS, ("sql", "connectors")])
def test_names_are_filled_in_everywhere(shell: Shell, kind: str, namespace: str) -> None:
    options = ["--sql", "--connector"] if kind == "sql" else [f"--{kind}"]
    shell.run("init", *options, "acme", "--distribution", "pins-of-acme", "--dir", "here")
    folder = shell.folder / "here"
    for name in files(folder):
        text = (folder / name).read_text()
        assert not re.search(r"\$\w|\$\{\w", text), name
        assert not re.search(r"\b(PACKAGE|NAME\.py)\b", name)
        if name.endswith(".py"):
            ast.parse(text)
    assert "${{ matrix.python }}" in (folder / ".github/workflows/ci.yml").read_text()
    assert (folder / "src/pins_of_acme/py.typed").is_file()
    assert (folder / f"src/cocoindex/{namespace}/acme.py").is_file()


def test_a_target_on_the_sql_kit_is_short(shell: Shell) -> None:
    done = shell.run("init", "--connector", "acme", "--sql", "--dir", "here")
    assert (done.code, done.err) == (0, "")
    package = shell.folder / "here/src/acme_cocoindex_connector"
    lines = [line for name in ("_dialect.py", "_target.py") for line in (package / name).read_text().splitlines()]
    assert len(lines) <= 150


def test_the_wheel_has_each_template(shell: Shell) -> None:
    from importlib.resources import files as resources

    folder = resources("cocoindex.cli") / "templates"
    assert {"connector", "op", "sql", "distribution"} <= {entry.name for entry in folder.iterdir()}


def test_an_empty_folder_is_taken(shell: Shell) -> None:
    (shell.folder / "here").mkdir()
    done = shell.run("init", "--connector", "acme", "--dir", ".", cwd="here")
    assert (done.code, done.err) == (0, "")
    assert "  1. pip install" in done.out
    assert files(shell.folder / "here") >= IN_PLACE


@pytest.mark.parametrize("there", ["README.md", ".git/config", "empty/"])
def test_a_folder_that_is_not_empty_is_left_as_it_is(shell: Shell, there: str) -> None:
    path = shell.folder / "acme-cocoindex-op" / there
    path.parent.mkdir(parents=True, exist_ok=True)
    path.mkdir() if there.endswith("/") else path.write_text("mine")
    done = shell.run("init", "--op", "acme", answer="y\n")
    first = there.split("/")[0]
    assert done.code == 1
    assert done.err == (
        f"Error: 'acme-cocoindex-op' is not empty: {first!r} is in it; name a new or an empty folder with --dir\n"
    )
    assert [entry.name for entry in (shell.folder / "acme-cocoindex-op").iterdir()] == [first]


@pytest.mark.parametrize("where", ["file", "file/below", "/proc/nobody", "x" * 300])
def test_a_folder_that_cannot_be_made_is_one_line(shell: Shell, where: str) -> None:
    shell.write("file", "mine")
    done = shell.run("init", "--connector", "acme", "--dir", where)
    assert done.code == 1
    assert done.err.startswith(f"Error: {where!r} cannot be created: ")
    assert done.err.count("\n") == 1
    assert files(shell.folder) == {"file"}


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_cannot_be_written_is_one_line(shell: Shell) -> None:
    (shell.folder / "here").mkdir(mode=0o500)
    done = shell.run("init", "--connector", "acme", "--dir", "here")
    assert (done.code, done.err.count("\n")) == (1, 1)
    assert "'here' cannot be created: [Errno 13]" in done.err


@pytest.mark.parametrize("is_new", [True, False])
def test_what_a_kill_left_is_told(shell: Shell, is_new: bool) -> None:
    if not is_new:
        (shell.folder / "here").mkdir()
    command = [sys.executable, "-c", KILLED.format(signal=int(signal.SIGKILL))]
    done = subprocess.run([*command, "init", "--connector", "acme", "--dir", "here"], cwd=shell.folder, check=False)
    assert done.returncode == -signal.SIGKILL
    left = files(shell.folder)
    again = shell.run("init", "--connector", "acme", "--dir", "here")
    assert again.code == 1
    assert again.err == (
        "Error: 'here' was left unfinished by an `init` that was killed, or another one is running there; "
        "remove the folder, or name another one with --dir\n"
    )
    assert files(shell.folder) == left


@pytest.mark.parametrize("is_new", [True, False])
def test_an_interrupted_one_leaves_nothing(shell: Shell, is_new: bool) -> None:
    if not is_new:
        (shell.folder / "here").mkdir()
    command = [sys.executable, "-c", KILLED.format(signal=int(signal.SIGINT))]
    done = subprocess.run(
        [*command, "init", "--connector", "acme", "--dir", "here"], cwd=shell.folder, check=False, capture_output=True
    )
    assert done.returncode == 130
    assert [path.name for path in shell.folder.rglob("*")] == ([] if is_new else ["here"])
    assert shell.run("init", "--connector", "acme", "--dir", "here").code == 0
