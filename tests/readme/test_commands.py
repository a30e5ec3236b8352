"""The command lines of README.md are those that CI and nox know."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
LINES = re.findall(r"^python3 -m venv \.venv && .*$", (ROOT / "README.md").read_text(), re.MULTILINE)


def test_ci_runs_the_tests_as_readme_says() -> None:
    (tests,) = [line for line in LINES if " tests " in line]
    assert tests in (ROOT / ".ci" / "run").read_text().splitlines()


def test_every_session_that_is_named_exists() -> None:
    defined = set(re.findall(r"^def (\w+)\(session: nox\.Session", (ROOT / "noxfile.py").read_text(), re.MULTILINE))
    named = {session for line in LINES for session in line.partition("nox -s ")[2].split()}
    assert {"quickstart", "tests", "lint", "typecheck", "wheels"} <= named <= defined
