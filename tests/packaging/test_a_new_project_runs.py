"""What `cocoindex init` makes runs once the steps that it prints are done, also where only the core is installed."""

from __future__ import annotations

import os
import shlex
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from tests.packaging.conftest import Built, Env

pytestmark = pytest.mark.distributions


@pytest.mark.parametrize("origin", ["wheel", "editable", "name"])
def test_the_next_steps_lead_there(
    origin: str, built: dict[str, Built], env: Env, monkeypatch: pytest.MonkeyPatch
) -> None:
    core = built["cocoindex-core"]
    origins: dict[str, list[str | Path]] = {
        "wheel": [core.wheel],
        "editable": ["-e", core.source],
        "name": ["cocoindex-core"],
    }
    env.install(*origins[origin], "pip")
    printed = env.script("cocoindex", "init", "first")
    assert printed.endswith("first set PIP_FIND_LINKS and UV_FIND_LINKS to that folder.\n") == (origin == "name")
    if origin == "name":
        monkeypatch.setenv("PIP_FIND_LINKS", f"{os.environ.get('PIP_FIND_LINKS', '')} {env.wheels}".strip())
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
