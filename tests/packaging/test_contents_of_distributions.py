"""Each sdist and wheel may be released: it has the licence, is typed, has no tests, and leaves the namespaces alone."""

from __future__ import annotations

import zipfile
from typing import TYPE_CHECKING

import pytest

from release.contents import faults_of_sdist, faults_of_wheel

if TYPE_CHECKING:
    from tests.packaging.conftest import Built

pytestmark = pytest.mark.distributions


def test_each_may_be_released(built: dict[str, Built]) -> None:
    for name, package in built.items():
        assert [*faults_of_wheel(package.wheel, name), *faults_of_sdist(package.sdist)] == []


def test_no_file_is_in_two_wheels(built: dict[str, Built]) -> None:
    seen: dict[str, str] = {}
    for package in built.values():
        for name in zipfile.ZipFile(package.wheel).namelist():
            assert name not in seen, f"{name} is in {package.name} and in {seen[name]}"
            seen[name] = package.name
