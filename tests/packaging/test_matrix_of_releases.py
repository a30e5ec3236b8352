"""What was last released is built from its tag and tried with today's core, and the other way round; or is refused."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from small_repository import Repository

from matrix.cells import Cell
from matrix.outcome import Outcome, Result
from matrix.run import run_cells
from matrix.supplies import Supplies

pytestmark = pytest.mark.distributions

CORE, OPS = "packages/cocoindex-core", "packages/cocoindex-ops"
WORDS = f"{OPS}/src/cocoindex/ops/words/__init__.py"
INIT = f"{CORE}/src/cocoindex/__init__.py"


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    """Return a repository in which both distributions were released as 0.1.0, and others alike for distraction."""
    repository = Repository(tmp_path / "repository")
    repository.tag("cocoindex-core-0.1.0")
    repository.tag("cocoindex-ops-0.1.0")
    repository.tag("cocoindex-ops-extra-9.0")
    return repository


def tried(repository: Repository, folder: Path) -> dict[str, Result]:
    """Return what became of the released one with today's core, and of today's with the released core."""
    folder.mkdir()
    supplies = Supplies(repository.root, folder, {"3.11": Path(sys.executable)})
    cells = [Cell("released", "cocoindex-ops", "3.11"), Cell("released-core", "cocoindex-ops", "3.11")]
    return {result.cell.kind: result for result in run_cells(cells, supplies, lambda _: None)}


def version_of_core(repository: Repository, version: str) -> None:
    repository.replace(f"{CORE}/pyproject.toml", 'version = "0.1.0"', f'version = "{version}"')


def test_what_goes_together_passes(repository: Repository, tmp_path: Path) -> None:
    version_of_core(repository, "0.2.0")
    results = tried(repository, tmp_path / "matrix")
    assert [(result.outcome, result.why) for result in results.values()] == [(Outcome.PASSED, "")] * 2


def test_the_installer_refuses_another_major_version(repository: Repository, tmp_path: Path) -> None:
    version_of_core(repository, "1.0.0")
    repository.replace(f"{OPS}/pyproject.toml", "cocoindex-core ~= 0.1", "cocoindex-core ~= 1.0")
    results = tried(repository, tmp_path / "matrix")
    assert [result.outcome for result in results.values()] == [Outcome.REFUSED] * 2
    assert results["released"].why == "uv: cocoindex-ops 0.1.0 needs cocoindex-core~=0.1, not 1.0.0"
    assert results["released-core"].why == "uv: cocoindex-ops 0.1.0 needs cocoindex-core~=1.0, not 0.1.0"


def test_a_name_that_went_fails_the_released_one(repository: Repository, tmp_path: Path) -> None:
    version_of_core(repository, "0.2.0")
    repository.replace(INIT, "version = 1", "number = 1")
    repository.write(WORDS, "from cocoindex import number\n")
    results = tried(repository, tmp_path / "matrix")
    assert [result.outcome for result in results.values()] == [Outcome.FAILED] * 2
    assert "ImportError: cannot import name 'version' from 'cocoindex'" in results["released"].why
    assert "ImportError: cannot import name 'number' from 'cocoindex'" in results["released-core"].why


def test_the_core_may_refuse_itself(repository: Repository, tmp_path: Path) -> None:
    repository.write(WORDS, 'class PluginApiError(Exception): ...\n\n\nraise PluginApiError("needs version 2")\n')
    words = "cocoindex.ops.words.PluginApiError: needs version 2"
    result = tried(repository, tmp_path / "matrix")["released-core"]
    assert (result.outcome, result.why) == (Outcome.REFUSED, f"the core: {words}")
