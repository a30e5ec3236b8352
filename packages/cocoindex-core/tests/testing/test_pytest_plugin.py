"""The plugin shows and writes what suites found out, and does nothing in a run without any."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

SUITES = '''
import pytest
from cocoindex.testing import Capability
from cocoindex.testing.check import check

class Driver:
    """A store.

    More of it.
    """
    suite_version = "0.2"
    attachments = ()
    refused = ("a", 1)

class Checks:
    @check(Capability.ITEMS)
    def test_good(self, driver, tmp_path): pass

    @check(Capability.REFUSED_ITEMS)
    def test_bad(self, driver, tmp_path): assert False, "no"

    @check(Capability.ATTACHMENTS)
    def test_skipped(self, driver, tmp_path): assert False

class TestStore(Checks):
    @pytest.fixture
    def driver(self): return Driver()
'''


#: Each run would import these for as long as all else takes.
OTHER_PLUGINS = ("cacheprovider", "hypothesispytest", "anyio")


def run(folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    env = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    others = [part for name in OTHER_PLUGINS for part in ("-p", f"no:{name}")]
    command = [sys.executable, "-m", "pytest", *others, "--rootdir", str(folder), *options]
    return subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def suites(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a test module, where each run leaves its report."""
    folder = tmp_path_factory.mktemp("suites")
    (folder / "test_store.py").write_text(SUITES)
    return folder


@pytest.fixture(scope="module")
def with_json(suites: Path) -> subprocess.CompletedProcess[str]:
    return run(suites, "--cocoindex-report", "report.json")


@pytest.fixture(scope="module")
def quiet_with_page(suites: Path) -> subprocess.CompletedProcess[str]:
    return run(suites, "-q", "--cocoindex-report", "report.md")


def test_a_table_is_shown(with_json: subprocess.CompletedProcess[str]) -> None:
    done = with_json
    assert done.returncode == 1
    table = done.stdout.split("conformance of connectors")[1]
    assert [line.split() for line in table.splitlines()[1:6]] == [
        ["TestStore:", "Driver:", "A", "store"],
        ["items", "yes", "1", "passed"],
        ["rejected", "items", "yes", "1", "failed"],
        ["attachments", "no", "(`attachments`)", "1", "skipped"],
        ["failed:", "test_bad"],
    ]


def test_a_line_is_shown_where_pytest_is_quiet(quiet_with_page: subprocess.CompletedProcess[str]) -> None:
    assert "TestStore: Driver: 1 passed, 1 failed; not claimed: attachments\n" in quiet_with_page.stdout


@pytest.mark.usefixtures("with_json")
def test_json_is_written(suites: Path) -> None:
    _check_json(suites / "report.json")


def test_json_is_written_by_pytest_xdist(suites: Path) -> None:
    run(suites, "--cocoindex-report", "of_xdist.json", "-n", "2")
    _check_json(suites / "of_xdist.json")


def _check_json(written: Path) -> None:
    [report] = json.loads(written.read_text())
    assert (report["suite"], report["driver"], report["about"], report["suite_version"]) == (
        "TestStore",
        "Driver",
        "A store",
        "0.2",
    )
    found = {each["check"]: (each["capability"], each["claimed"], each["outcome"]) for each in report["results"]}
    assert found == {
        "test_good": ("items", True, "passed"),
        "test_bad": ("rejected items", True, "failed"),
        "test_skipped": ("attachments", False, "skipped"),
    }


@pytest.mark.usefixtures("quiet_with_page")
def test_a_page_is_written(suites: Path) -> None:
    page = (suites / "report.md").read_text()
    assert "\n## TestStore: Driver\n\nA store.\n\n| Capability | Claimed | Checks |\n" in page
    assert "| attachments | no (`attachments`) | 1 skipped |\n\n- failed: `test_bad`\n" in page


def test_nothing_of_cocoindex_is_imported_by_a_run_without_suites(tmp_path: Path) -> None:
    (tmp_path / "test_plain.py").write_text(
        "import sys\n"
        "def test_it(pytestconfig):\n"
        "    assert pytestconfig.pluginmanager.has_plugin('cocoindex')\n"
        "    assert [name for name in sys.modules if name.split('.')[0] == 'cocoindex'] == []\n"
    )
    done = run(tmp_path, "-W", "error")
    assert done.returncode == 0, done.stdout
    assert "conformance" not in done.stdout


def test_it_can_be_switched_off(suites: Path) -> None:
    assert "conformance" not in run(suites, "-p", "no:cocoindex").stdout
