"""docs/connector_tutorial.md is done word for word, from an empty folder to a connector that can be published."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.packaging.conftest import Built

pytestmark = pytest.mark.distributions

PAGE = Path(__file__).parents[2] / "docs" / "connector_tutorial.md"
SCRIPT = Path(__file__).with_name("follow_page.py")


def test_a_reader_gets_through(built: dict[str, Built], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    wheels = f"{os.environ.get('PIP_FIND_LINKS', '')} {built['cocoindex-core'].wheel.parent}".strip()
    path = f"{Path(sys.base_prefix, 'bin')}:{os.environ['PATH']}"
    # The reader's pytest has a folder for its own, where no other one cleans up meanwhile.
    own = tmp_path / "temporary"
    own.mkdir()
    folder = tmp_path / "reader"
    folder.mkdir()
    done = subprocess.run(
        [sys.executable, SCRIPT, PAGE, folder],
        env=os.environ | {"PIP_FIND_LINKS": wheels, "PATH": path, "PYTEST_DEBUG_TEMPROOT": str(own)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    with capsys.disabled():
        print(f"\n{PAGE.name}, by the clock:\n{done.stdout}")
