"""A type checker with no configuration understands what is installed from wheels, also what a third party adds."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.packaging.conftest import Built, Env

pytestmark = pytest.mark.distributions

CONSUMER = Path(__file__).parents[1] / "third_party" / "consumer"


@pytest.fixture
def user(built: dict[str, Built], acme: Built, env: Env) -> Env:
    """An environment with all our wheels and the third party's, and the two programs in its folder."""
    env.install(acme.wheel, *(package.wheel for package in built.values()), "cocoindex-core[text]")
    for program in ("typed.py", "wrong.py"):
        shutil.copy(CONSUMER / program, env.folder / program)
    return env


@pytest.mark.parametrize(
    "checker", [("mypy", "--strict", "--python-executable"), ("pyright", "--pythonpath")], ids=["mypy", "pyright"]
)
def test_right_and_wrong_programs_are_told_apart(user: Env, checker: tuple[str, ...]) -> None:
    status, output = _check(user, *checker, user.python, "typed.py")
    assert status == 0, output
    status, output = _check(user, *checker, user.python, "wrong.py")
    assert status == 1, output
    lines = (CONSUMER / "wrong.py").read_text().splitlines()
    wrong = [number for number, line in enumerate(lines, 1) if line.endswith("# wrong")]
    assert len(wrong) == 3
    for number in wrong:
        assert f"wrong.py:{number}:" in output, output
    assert "untyped" not in output
    assert "stub" not in output


def _check(user: Env, checker: str, *args: str | Path) -> tuple[int, str]:
    command = [sys.executable, "-m", checker, *map(str, args)]
    done = subprocess.run(command, cwd=user.folder, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr
