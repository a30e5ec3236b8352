"""Each program of docs/resources.md runs by itself."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

PAGE = Path(__file__).parents[3] / "docs" / "resources.md"
PROGRAMS = re.findall(r"```python\n(.*?)```", PAGE.read_text(), re.DOTALL)


@pytest.mark.parametrize("number", range(len(PROGRAMS)))
def test_it_runs(number: int) -> None:
    subprocess.run([sys.executable, "-W", "error", "-c", PROGRAMS[number]], check=True)


def test_there_are_programs() -> None:
    assert len(PROGRAMS) >= 6
