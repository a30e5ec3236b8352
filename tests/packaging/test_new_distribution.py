"""What `cocoindex init --connector` and `--op` make passes its own checks at once, and is ready to be built."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.packaging.conftest import Built, Env

pytestmark = pytest.mark.distributions

KINDS = {"connector": ("--connector",), "op": ("--op",), "sql": ("--sql", "--connector")}
WORDS = {"connector": "connector", "op": "op", "sql": "connector"}
# Names fill lines of code: these are the shortest and the longest.
NAMES = [("x", "y"), ("a" * 30, "b" * 25 + "-" + "c" * 24)]
# Uses the program in the README of each.
USE = {
    "connector": """
import pathlib, program
program.app.update_blocking()
assert pathlib.Path("shouted/one.json").read_text() == '{"word": "ONE"}\\n'
""",
    "sql": """
import contextlib, sqlite3, program
with contextlib.closing(sqlite3.connect("words.db", isolation_level=None)) as database:
    database.execute("CREATE TABLE words (id TEXT PRIMARY KEY, text TEXT)")
    database.execute("INSERT INTO words VALUES ('a', 'one')")
    program.app.update_blocking()
    assert database.execute("SELECT id, text FROM shouted").fetchall() == [("a", "ONE")]
""",
    "op": """
import program
assert program.keywords_of("short words, longer words") == ["words", "longer", "short"]
""",
}


@pytest.fixture
def author(built: dict[str, Built], env: Env) -> Env:
    """The environment of an author: core, and what its projects are checked with."""
    env.install(built["cocoindex-core"].wheel, "nox", "uv", "ruff")
    return env


def nox(author: Env, project: Path, *sessions: str) -> None:
    """Run sessions of the project, with our wheels at hand."""
    wheels = f"{os.environ.get('PIP_FIND_LINKS', '')} {author.wheels}".strip()
    env = os.environ | {
        "PATH": f"{author.folder / 'bin'}:{os.environ['PATH']}",
        "PIP_FIND_LINKS": wheels,
        "UV_FIND_LINKS": wheels.replace(" ", ","),
        "PYTEST_DEBUG_TEMPROOT": str(author.folder),  # where no other pytest cleans up meanwhile
    }
    command = [str(author.folder / "bin" / "nox"), "--sessions", *sessions]
    done = subprocess.run(command, cwd=project, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("kind", KINDS)
def test_its_sessions_pass(author: Env, kind: str) -> None:
    printed = author.script("cocoindex", "init", *KINDS[kind], "acme", "--dir", "acme")
    assert f"  4. PIP_FIND_LINKS={author.wheels} UV_FIND_LINKS={author.wheels} nox\n" in printed
    project = author.folder / "acme"
    nox(author, project, "lint", "types", "tests-{}.{}".format(*sys.version_info), "build")
    distributions = sorted(path.name for path in (project / "dist").iterdir() if path.suffix != ".txt")
    stem = f"acme_cocoindex_{WORDS[kind]}-0.1.0"
    assert distributions[-2:] == [f"{stem}-py3-none-any.whl", f"{stem}.tar.gz"]


@pytest.mark.parametrize("kind", KINDS)
def test_its_wheel_is_found_and_used(author: Env, kind: str, tmp_path: Path) -> None:
    author.script("cocoindex", "init", *KINDS[kind], "acme", "--dir", "acme")
    author.install("build", "hatchling")
    author.run("-m", "build", "--no-isolation", "--outdir", tmp_path / "dist", "acme")
    [wheel] = (tmp_path / "dist").glob("*.whl")
    assert not [name for name in zipfile.ZipFile(wheel).namelist() if name.endswith("cocoindex/__init__.py")]
    author.install(wheel)
    author.check()
    word = WORDS[kind]
    assert f"acme  acme-cocoindex-{word} 0.1.0" in author.script("cocoindex", "plugins")
    namespace = "ops" if kind == "op" else "connectors"
    author.import_all([f"acme_cocoindex_{word}", f"cocoindex.{namespace}.acme"])
    [program] = re.findall(r"```python\n(.*?)```", (author.folder / "acme" / "README.md").read_text(), re.DOTALL)
    (author.folder / "program.py").write_text(program)
    (author.folder / "records").mkdir()
    (author.folder / "records" / "one.json").write_text('{"word": "one"}')
    author.run("-W", "error", "-c", USE[kind])
    refused = subprocess.run(
        [author.folder / "bin" / "cocoindex", "init", f"--{word}", "acme", "--dir", "again"],
        cwd=author.folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert refused.returncode == 2
    assert f"'acme' is taken in cocoindex.{namespace}, by acme-cocoindex-{word} 0.1.0" in refused.stderr


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("names", NAMES, ids=["shortest", "longest"])
def test_its_style_does_not_depend_on_names(author: Env, kind: str, names: tuple[str, str]) -> None:
    name, distribution = names
    author.script("cocoindex", "init", *KINDS[kind], name, "--distribution", distribution, "--dir", "project")
    project = author.folder / "project"
    author.script("ruff", "check", project)
    author.script("ruff", "format", "--check", project)
