"""Each distribution, installed alone into a clean environment, brings what it needs and can be imported."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.packaging.conftest import Built, Env

pytestmark = pytest.mark.distributions

NAMES = sorted(path.parent.name for path in Path(__file__).parents[2].glob("packages/*/pyproject.toml"))


@pytest.mark.parametrize("name", NAMES)
def test_it_is_installed_checked_and_imported(built: dict[str, Built], env: Env, name: str) -> None:
    env.install(built[name].wheel)
    env.check()
    env.import_all(built[name].modules())


@pytest.mark.parametrize("name", NAMES)
def test_its_extras_are_installed_with_it(built: dict[str, Built], env: Env, name: str) -> None:
    env.install(f"{name}[{_light_extras(built[name])}]")
    env.check()
    env.import_all(built[name].modules())


def _light_extras(package: Built) -> str:
    """All extras but those that bring torch."""
    import tomllib

    project = tomllib.loads((package.source / "pyproject.toml").read_text())["project"]
    return ",".join(sorted(set(project.get("optional-dependencies", {})) - {"all", "sentence-transformers"}))
