"""What `cocoindex init` makes runs once the steps that it prints are done, also where only the core is installed."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.packaging.conftest import Built, Env

pytestmark = pytest.mark.distributions


@pytest.mark.parametrize("origin", ["wheel", "editable"])
def test_the_next_steps_lead_there(origin: str, built: dict[str, Built], env: Env) -> None:
    core = built["cocoindex-core"]
    env.install(*([core.wheel] if origin == "wheel" else ["-e", core.source]), "pip")
    printed = env.script("cocoindex", "init", "first")
    steps = [line.split(". ", 1)[1] for line in printed.splitlines() if line.startswith("  ")]
    assert [step.split()[0] for step in steps] == ["cd", "pip", "cocoindex"]
    assert steps[1] in (env.folder / "first" / "README.md").read_text()
    env.script(*shlex.split(steps[1]))
    env.script("cocoindex", "-d", "first", *shlex.split(steps[2])[1:])
    assert [path.name for path in (env.folder / "first" / "counts").iterdir()] == ["README.txt"]


def test_pip_installs_the_requirements_of_a_project_made_from_a_clone(built: dict[str, Built], env: Env) -> None:
    env.install("-e", built["cocoindex-core"].source, "pip")
    env.script("cocoindex", "init", "first")
    env.script("pip", "uninstall", "-q", "-y", "cocoindex-core")
    env.script("pip", "install", "-q", "./first")
    env.script("cocoindex", "-d", "first", "update", "main.py")
    assert [path.name for path in (env.folder / "first" / "counts").iterdir()] == ["README.txt"]
