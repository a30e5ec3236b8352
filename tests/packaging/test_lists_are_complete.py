"""The lists that name every distribution name every distribution, and each has a changelog for its version."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parents[2]
NAMES = sorted(path.parent.name for path in ROOT.glob("packages/*/pyproject.toml"))


def project(name: str) -> dict[str, Any]:
    """The `[project]` table of a distribution."""
    table: dict[str, Any] = tomllib.loads((ROOT / "packages" / name / "pyproject.toml").read_text())["project"]
    return table


@pytest.mark.parametrize("name", NAMES)
def test_it_is_named_after_its_folder_and_in_its_changelog(name: str) -> None:
    table = project(name)
    assert table["name"] == name
    headings = [
        line for line in (ROOT / "packages" / name / "CHANGELOG.md").read_text().splitlines() if line[:3] == "## "
    ]
    versions = [heading.split()[1] for heading in headings]
    # What is not released yet may be above.
    assert table["version"] in (versions[1:2] if versions[0] == "Unreleased" else versions[:1])


@pytest.mark.parametrize("name", NAMES)
def test_type_checkers_and_readme_know_it(name: str) -> None:
    mypy = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["mypy"]
    assert {f"packages/{name}", f"packages/{name}/src"} <= set(mypy["mypy_path"])
    assert f"| [{name}](packages/{name}) |" in (ROOT / "README.md").read_text()


def test_cores_extras_name_all_others() -> None:
    extras = project("cocoindex-core")["optional-dependencies"]
    named = " ".join(requirement for requirements in extras.values() for requirement in requirements)
    assert all(f"{name} ~=" in named or f"{name}[" in named for name in NAMES)
    (everything,) = extras["all"]
    assert everything == f"cocoindex-core[{','.join(sorted(set(extras) - {'all'}))}]"


@pytest.mark.parametrize("name", [name for name in NAMES if name != "cocoindex-core"])
def test_it_takes_the_version_of_core_that_is_here(name: str) -> None:
    [need] = [need for each in project(name)["dependencies"] if (need := Requirement(each)).name == "cocoindex-core"]
    assert [each.operator for each in need.specifier] == ["~="]
    assert need.specifier.contains(project("cocoindex-core")["version"])


@pytest.mark.parametrize("name", NAMES)
def test_its_plugins_say_which_interface_they_need(name: str) -> None:
    groups = project(name).get("entry-points", {})
    modules = [module for group in groups if group.startswith("cocoindex.") for module in groups[group].values()]
    for module in modules:
        source = ROOT / "packages" / name / "src" / module.replace(".", "/") / "__init__.py"
        assert re.search(r"^requires_api = \d+$", source.read_text(), re.MULTILINE), source
