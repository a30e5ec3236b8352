"""What `cocoindex init` makes runs once the steps that it prints are done, also where only the core is installed."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.packaging.conftest import Built, Env

pytestmark = pytest.mark.distributions


def test_the_next_steps_lead_there(built: dict[str, Built], env: Env) -> None:
    env.install(built["cocoindex-core"].wheel)
    printed = env.script("cocoindex", "init", "first")
    steps = [line.split(". ", 1)[1] for line in printed.splitlines() if line.startswith("  ")]
    assert steps == ["cd first", 'pip install "cocoindex-core[localfs]"', "cocoindex update main.py"]
    env.install(shlex.split(steps[1])[2])
    env.script("cocoindex", "-d", "first", *shlex.split(steps[2])[1:])
    assert [path.name for path in (env.folder / "first" / "counts").iterdir()] == ["README.txt"]
