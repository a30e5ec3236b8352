"""A wheel with tests, without a licence or py.typed, or with a file that hides other distributions is not released."""

from __future__ import annotations

import io
import tarfile
import zipfile
from pathlib import Path

import pytest

from release.contents import faults_of_sdist, faults_of_wheel

GOOD = {
    "cocoindex/ops/words/__init__.py": "",
    "cocoindex/ops/words/py.typed": "",
    "cocoindex/ops/words/testing/kit.py": "",
    "cocoindex/ops/words/templates/tests/test_it.py.tmpl": "",
    "words-0.1.dist-info/METADATA": "License-Expression: Apache-2.0\n",
    "words-0.1.dist-info/licenses/LICENSE": "\n  Apache License\n",
}


def wheel(folder: Path, files: dict[str, str]) -> Path:
    """Write a wheel with these files."""
    path = folder / "words-0.1-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return path


def test_a_good_one_has_no_faults(tmp_path: Path) -> None:
    assert faults_of_wheel(wheel(tmp_path, GOOD), "cocoindex-ops") == []


@pytest.mark.parametrize(
    ("more", "less", "fault"),
    [
        ("cocoindex/ops/words/tests/helpers.py", "", "cocoindex/ops/words/tests/helpers.py is a test"),
        ("cocoindex/ops/words/test_words.py", "", "cocoindex/ops/words/test_words.py is a test"),
        ("cocoindex/ops/words/conftest.py", "", "cocoindex/ops/words/conftest.py is a test"),
        ("", "cocoindex/ops/words/py.typed", "cocoindex/ops/words/__init__.py is in no package with py.typed"),
        ("", "words-0.1.dist-info/licenses/LICENSE", "the wheel has no licence"),
        ("", "words-0.1.dist-info/METADATA", "the metadata names no licence"),
        ("cocoindex/ops/__init__.py", "", "cocoindex/ops/__init__.py would hide modules of other distributions"),
        ("cocoindex/__init__.py", "", "cocoindex/__init__.py is that of cocoindex-core, and of it alone"),
    ],
)
def test_faults_are_found(tmp_path: Path, more: str, less: str, fault: str) -> None:
    files = {name: text for name, text in GOOD.items() if name != less} | ({more: ""} if more else {})
    assert fault in faults_of_wheel(wheel(tmp_path, files), "cocoindex-ops")


def test_core_has_the_package_itself(tmp_path: Path) -> None:
    fault = "cocoindex/__init__.py is that of cocoindex-core, and of it alone"
    assert fault in faults_of_wheel(wheel(tmp_path, GOOD), "cocoindex-core")
    files = GOOD | {"cocoindex/__init__.py": "", "cocoindex/py.typed": ""}
    assert faults_of_wheel(wheel(tmp_path, files), "cocoindex-core") == []


def test_an_sdist_has_what_it_is_built_and_read_by(tmp_path: Path) -> None:
    path = tmp_path / "words-0.1.tar.gz"
    with tarfile.open(path, "w:gz") as archive:
        for name in ("LICENSE", "README.md", "pyproject.toml"):
            archive.addfile(tarfile.TarInfo(f"words-0.1/{name}"), io.BytesIO())
    assert faults_of_sdist(path) == ["the sdist has no CHANGELOG.md"]
