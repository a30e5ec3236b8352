"""A suite with the oldest dependencies passes over what these cause among themselves; what ours cause is an error."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

from matrix.suites import tolerated

WARNS = "import warnings\n\n\ndef call(category=DeprecationWarning):\n    warnings.warn('old', category)\n"
TESTS = """
import warnings, others, others_too.part, ours

def test_deprecated_by_others(): others.call()
def test_deprecated_by_a_part_of_others(): others_too.part.call()
def test_forgotten_by_others(): warnings.warn('Unclosed client session <at 0x1>', ResourceWarning)
def test_another_warning_of_others(): others.call(FutureWarning)
def test_deprecated_by_ours(): ours.call()
def test_forgotten_by_ours(): warnings.warn('unclosed file', ResourceWarning)
"""


def test_only_what_others_cause_passes(tmp_path: Path) -> None:
    packages = tmp_path / "packages"
    (packages / "others_too").mkdir(parents=True)
    (packages / "others-1.0.dist-info").mkdir()
    for file in (packages / "others.py", packages / "others_too" / "part.py", tmp_path / "ours.py"):
        file.write_text(WARNS)
    (tmp_path / "test_them.py").write_text(TESTS)
    options = [
        "-rA",
        "-p",
        "no:cacheprovider",
        "-p",
        "no:hypothesispytest",
        "-p",
        "no:anyio",
        "--rootdir",
        str(tmp_path),
    ]
    command = [sys.executable, "-m", "pytest", *options, "-o", f"filterwarnings={tolerated(packages)}"]
    env = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    paths = os.pathsep.join([str(tmp_path), str(packages)])
    done = subprocess.run(command, cwd=tmp_path, env=env | {"PYTHONPATH": paths}, capture_output=True, text=True)
    assert re.findall(r"^PASSED test_them.py::test_(\w+)", done.stdout, re.MULTILINE) == [
        "deprecated_by_others",
        "deprecated_by_a_part_of_others",
        "forgotten_by_others",
    ]
    assert "3 failed, 3 passed" in done.stdout
