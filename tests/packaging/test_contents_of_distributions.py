"""Each sdist and wheel has the licence, marks itself as typed, and leaves the shared namespaces alone."""

from __future__ import annotations

import email
import tarfile
import zipfile
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.packaging.conftest import Built

pytestmark = pytest.mark.distributions

NAMESPACES = ("cocoindex/connectors", "cocoindex/ops", "cocoindex/resources")


def test_wheels_and_sdists_have_the_licence(built: dict[str, Built]) -> None:
    for package in built.values():
        wheel = zipfile.ZipFile(package.wheel)
        (licence,) = [name for name in wheel.namelist() if name.endswith(".dist-info/licenses/LICENSE")]
        assert wheel.read(licence).decode().lstrip().startswith("Apache License")
        (metadata,) = [name for name in wheel.namelist() if name.endswith(".dist-info/METADATA")]
        assert email.message_from_bytes(wheel.read(metadata))["License-Expression"] == "Apache-2.0"
        with tarfile.open(package.sdist) as sdist:
            names = {PurePosixPath(name).name for name in sdist.getnames()}
        assert {"LICENSE", "README.md", "CHANGELOG.md", "pyproject.toml"} <= names


def test_every_package_is_marked_as_typed(built: dict[str, Built]) -> None:
    for package in built.values():
        names = _names(package)
        marked = {str(PurePosixPath(name).parent) for name in names if name.endswith("/py.typed")}
        for name in names:
            if name.endswith(".py"):
                assert marked & {str(parent) for parent in PurePosixPath(name).parents}, f"{name} of {package.name}"


def test_only_core_owns_the_package_and_nobody_the_namespaces(built: dict[str, Built]) -> None:
    owners = [name for name, package in built.items() if "cocoindex/__init__.py" in _names(package)]
    assert owners == ["cocoindex-core"]
    for package in built.values():
        assert not {f"{namespace}/__init__.py" for namespace in NAMESPACES} & _names(package)


def test_no_file_is_in_two_wheels(built: dict[str, Built]) -> None:
    seen: dict[str, str] = {}
    for package in built.values():
        for name in _names(package):
            assert name not in seen, f"{name} is in {package.name} and in {seen[name]}"
            seen[name] = package.name


def _names(package: Built) -> set[str]:
    return set(zipfile.ZipFile(package.wheel).namelist())
