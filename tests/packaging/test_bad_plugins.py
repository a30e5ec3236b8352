"""Installed plugins that are broken in whatever way are each told in one line, and harm nothing else."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest

if TYPE_CHECKING:
    from tests.packaging.conftest import Built, Env
from tests.packaging.conftest import Env as CleanEnv

pytestmark = pytest.mark.distributions

PROJECT = """
[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"
[project]
name = "{distribution}"
version = "2.1"
[project.entry-points."cocoindex.connectors"]
{name} = "{module}"
[tool.hatch.build.targets.wheel]
packages = ["src/{top}"]
"""
APP = """
import pathlib, sys
import cocoindex as coco
from cocoindex.connectors import localfs

@coco.lifespan
def lifespan(builder):
    builder.settings.db_path = pathlib.Path("fine.db")
    yield

@coco.fn
async def main(text):
    localfs.declare_file(pathlib.Path("fine.txt"), text)

coco.App("Fine", main, sys.argv[1]).update_blocking()
print(pathlib.Path("fine.txt").read_text())
"""
REINSTALL = "run: pip install --force-reinstall --no-deps"


class Done(NamedTuple):
    code: int
    out: str
    err: str


class Plugins:
    """An environment with core, localfs, sqlite and plugins that are made for a test."""

    def __init__(self, env: Env, folder: Path) -> None:
        self._folder = folder
        self.env = env
        (self.site,) = env.folder.glob("lib/python*/site-packages")

    def add(self, distribution: str, name: str, files: dict[str, str], module: str | None = None) -> None:
        """Build a wheel and install it: `files` by their paths in it, `module` what the entry point names."""
        source = self._folder / distribution
        for path, text in files.items():
            (source / "src" / path).parent.mkdir(parents=True, exist_ok=True)
            (source / "src" / path).write_text(text)
        top = next(iter(files)).partition("/")[0]
        fields = {"distribution": distribution, "name": name, "module": module or top, "top": top}
        (source / "pyproject.toml").write_text(PROJECT.format(**fields))
        build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(self._folder / "wheels")]
        subprocess.run(build, cwd=source, check=True, capture_output=True)
        (wheel,) = (self._folder / "wheels").glob(f"{distribution.replace('-', '_')}-*.whl")
        self.env.install("--no-deps", wheel)

    def metadata(self, distribution: str) -> Path:
        """The folder that says what is installed."""
        return self.site / f"{distribution.replace('-', '_')}-2.1.dist-info"

    def run(self, *command: str | Path, **environment: str) -> Done:
        done = subprocess.run(
            [str(self.env.folder / "bin" / command[0]), *map(str, command[1:])],
            cwd=self.env.folder,
            capture_output=True,
            text=True,
            env={"PATH": "/usr/bin:/bin", **environment},
        )
        return Done(done.returncode, done.stdout, done.stderr)

    def complaints(self) -> list[str]:
        """What `cocoindex plugins` complains of; nothing else is harmed by it."""
        done = self.run("cocoindex", "plugins")
        assert done.code == 1
        assert ["localfs", "cocoindex-connectors-localfs", "0.1.0"] in [line.split() for line in done.out.splitlines()]
        self.assert_nothing_else_is_harmed()
        return done.err.splitlines()

    def assert_nothing_else_is_harmed(self) -> None:
        """An app that does not use the plugin is updated, warnings being errors."""
        done = self.run("python", "-W", "error", "-c", APP, "hello")
        assert (done.code, done.out, done.err) == (0, "hello\n", "")

    def refusal(self, statement: str) -> str:
        """The last line of what Python says of a statement that fails."""
        done = self.run("python", "-c", statement)
        assert done.code == 1, done
        return done.err.splitlines()[-1]


def replace(file: Path, text: str) -> None:
    """Write `text`, with the old one for `{}`, into a file of its own: what is installed is linked to a cache."""
    old = file.read_text()
    file.unlink()
    file.write_text(text.replace("{}", old))


@pytest.fixture
def plugins(built: dict[str, Built], tmp_path: Path) -> Plugins:
    wheels = built["cocoindex-core"].wheel.parent
    env = CleanEnv(tmp_path / "env", wheels)
    env.install(*(built[name].wheel for name in ("cocoindex-core", "cocoindex-connectors-localfs")))
    return Plugins(env, tmp_path)


def test_one_that_raises_at_import(plugins: Plugins) -> None:
    plugins.add("acme-raises", "raising", {"acme_raises/__init__.py": "raise BaseException('no\\n  luck')"})
    assert plugins.complaints() == [
        "Error: 'raising' in 'cocoindex.connectors' cannot be loaded: importing 'acme_raises' from acme-raises 2.1 "
        "raised BaseException: no luck; mend or uninstall acme-raises"
    ]


def test_one_for_a_newer_core(plugins: Plugins) -> None:
    source = "from cocoindex.connectorkits import of_a_later_core\nrequires_api = 99\n"
    files = {"cocoindex/connectors/newer.py": source}
    plugins.add("acme-newer", "newer", files, "cocoindex.connectors.newer")
    [complaint] = plugins.complaints()
    assert complaint.startswith(
        "Error: 'newer' (acme-newer 2.1) needs version 99 of the interface for plugins, and cocoindex-core 0.1.0 has "
        "version 1; run: pip install --upgrade "
    )
    assert complaint.endswith("cocoindex-core")
    refusal = plugins.refusal("from cocoindex.connectors import newer")
    assert refusal == complaint.replace("Error:", "cocoindex.errors.PluginApiError:")


def test_a_newer_core_that_does_without_what_ours_need(plugins: Plugins) -> None:
    replace(plugins.site / "cocoindex/_api_version.py", "{}API_VERSION = 7\nOLDEST_API_VERSION = 5\n")
    plugins.add("acme-fits", "fitting", {"acme_fits/__init__.py": "requires_api = 6\n"})
    done = plugins.run("cocoindex", "plugins")
    assert done.code == 1
    assert [line.split() for line in done.out.splitlines()][1] == ["fitting", "acme-fits", "2.1"]
    [complaint] = done.err.splitlines()
    assert complaint.startswith(
        "Error: 'localfs' (cocoindex-connectors-localfs 0.1.0) is written for version 1 of the interface for plugins, "
        "and cocoindex-core 0.1.0 has versions 5 to 7; run: pip install --upgrade "
    )
    assert complaint.endswith("cocoindex-connectors-localfs")
    refusal = plugins.refusal("from cocoindex.connectors.localfs import walk_dir")
    assert refusal == complaint.replace("Error:", "cocoindex.errors.PluginApiError:")


def test_one_that_claims_a_taken_name(plugins: Plugins) -> None:
    plugins.add("acme-taken", "localfs", {"acme_taken/__init__.py": ""})
    done = plugins.run("cocoindex", "plugins")
    assert (done.code, done.err) == (
        1,
        "Error: 'localfs' in 'cocoindex.connectors' is claimed by acme-taken 2.1 and cocoindex-connectors-localfs "
        "0.1.0; uninstall all but one of them\n",
    )
    plugins.assert_nothing_else_is_harmed()


def test_one_without_metadata(plugins: Plugins) -> None:
    plugins.add("acme-bare", "bare", {"acme_bare/__init__.py": ""})
    plugins.metadata("acme-bare").joinpath("METADATA").unlink()
    where = plugins.metadata("acme-bare") / "METADATA"
    assert plugins.complaints() == [f"Error: {where} is missing or cannot be read; {REINSTALL} acme-bare"]
    assert plugins.run("python", "-W", "error", "-c", "import acme_bare").code == 0


def test_one_whose_entry_points_cannot_be_read(plugins: Plugins) -> None:
    plugins.add("acme-torn", "torn", {"acme_torn/__init__.py": ""})
    replace(plugins.metadata("acme-torn") / "entry_points.txt", "[cocoindex.connectors]\ntor")
    [complaint] = plugins.complaints()
    assert complaint.startswith("Error: the entry points of acme-torn 2.1 cannot be read: TypeError: ")
    assert complaint.endswith(f"; {REINSTALL} acme-torn")


def test_one_without_record_works(plugins: Plugins) -> None:
    plugins.add("acme-unlisted", "unlisted", {"acme_unlisted/__init__.py": ""})
    plugins.metadata("acme-unlisted").joinpath("RECORD").unlink()
    done = plugins.run("cocoindex", "plugins")
    assert (done.code, done.err) == (0, "")
    assert ["unlisted", "acme-unlisted", "2.1"] in [line.split() for line in done.out.splitlines()]


def test_one_of_which_only_the_metadata_is_left(plugins: Plugins) -> None:
    plugins.add("acme-gone", "gone", {"acme_gone/__init__.py": ""})
    (plugins.site / "acme_gone/__init__.py").unlink()
    (plugins.site / "acme_gone").rmdir()
    assert plugins.complaints() == [
        "Error: 'gone' in 'cocoindex.connectors' cannot be loaded: importing 'acme_gone' from acme-gone 2.1 raised "
        "ModuleNotFoundError: No module named 'acme_gone'; files of it are missing, "
        f"{REINSTALL} acme-gone"
    ]


def test_one_of_which_only_the_files_are_left(plugins: Plugins) -> None:
    files = {"cocoindex/connectors/stray.py": "x = 1\n"}
    plugins.add("acme-stray", "stray", files, "cocoindex.connectors.stray")
    for file in plugins.metadata("acme-stray").rglob("*"):
        if file.is_file():
            file.unlink()
    done = plugins.run("cocoindex", "plugins")
    assert (done.code, done.err) == (0, "")
    folder = plugins.site / "cocoindex/connectors"
    assert f"  stray    [no distribution offers it: found in {folder}]" in done.out.splitlines()
    assert plugins.run("python", "-c", "from cocoindex.connectors.stray import x").code == 0


@pytest.mark.parametrize(
    ("lost", "module"),
    [("_walk.py", "cocoindex.connectors.localfs._walk"), ("__init__.py", "cocoindex.connectors.localfs")],
)
def test_one_of_ours_that_lost_a_file(plugins: Plugins, lost: str, module: str) -> None:
    (plugins.site / "cocoindex/connectors/localfs" / lost).unlink()
    told = (
        f"IncompleteInstallationError: no module {module!r}: files of cocoindex-connectors-localfs are missing; "
        f"{REINSTALL} cocoindex-connectors-localfs"
    )
    done = plugins.run("cocoindex", "plugins")
    assert (done.code, done.err.count("\n")) == (1, 1)
    assert done.err.endswith(f"raised {told}\n")
    assert plugins.refusal("from cocoindex.connectors import localfs") == f"cocoindex.errors.{told}"


def test_two_copies_of_core(plugins: Plugins, built: dict[str, Built], tmp_path: Path) -> None:
    second = tmp_path / "second"
    plugins.env.install("--no-deps", "--target", second, built["cocoindex-core"].wheel)
    told = (
        f"UserWarning: two copies of cocoindex-core are on the path: the one in {second / 'cocoindex'} is used, the "
        f"one in {plugins.site / 'cocoindex'} is not; uninstall one of them, as connectors may fit the other"
    )
    done = plugins.run("python", "-c", APP, "hello", PYTHONPATH=str(second))
    assert (done.code, done.out) == (0, "hello\n")
    # Python may add the line of the program that imports.
    assert [line.partition(": ")[2] for line in done.err.splitlines() if line[0] != " "] == [told]
    listed = plugins.run("cocoindex", "plugins", PYTHONPATH=str(second))
    assert listed.code == 0
    assert listed.err.count(told) == 1
    plugins.assert_nothing_else_is_harmed()
