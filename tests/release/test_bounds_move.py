"""A new version that others do not allow moves their bounds, with a line in their CHANGELOG; all else stays."""

from __future__ import annotations

import pytest
from packaging.version import Version
from small_repository import Repository

from release.bump import move_bounds

OPS = "packages/cocoindex-ops"


@pytest.mark.parametrize("version", ["0.1.1", "0.2.0", "0.10.3"])
def test_bounds_that_allow_it_stay(repository: Repository, version: str) -> None:
    before = repository.read(f"{OPS}/pyproject.toml")
    assert move_bounds(repository.root, "cocoindex-core", Version(version)) == {}
    assert repository.read(f"{OPS}/pyproject.toml") == before


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("cocoindex-core ~= 0.1", "cocoindex-core ~= 1.0"),
        ("cocoindex-core[text] ~= 0.1", "cocoindex-core[text] ~= 1.0"),
        (
            "cocoindex-core >= 0.1, < 1; sys_platform == 'linux'",
            "cocoindex-core ~= 1.0; sys_platform == 'linux'",
        ),
    ],
)
def test_bounds_that_do_not_allow_it_move(repository: Repository, old: str, new: str) -> None:
    repository.replace(f"{OPS}/pyproject.toml", "cocoindex-core ~= 0.1", old)
    before = repository.read(f"{OPS}/pyproject.toml")
    moved = move_bounds(repository.root, "cocoindex-core", Version("1.0.0"))
    assert moved == {"cocoindex-ops": "cocoindex-core ~= 1.0"}
    assert repository.read(f"{OPS}/pyproject.toml") == before.replace(f'"{old}"', f'"{new}"')
    assert "## Unreleased\n\n- It needs `cocoindex-core ~= 1.0` now.\n" in repository.read(f"{OPS}/CHANGELOG.md")


@pytest.mark.parametrize(
    ("version", "bound"),
    [
        ("1.0.0rc1", "~= 1.0rc1"),
        ("1.0.dev2", "~= 1.0.dev2"),
        ("1.0.1rc1", "~= 1.0"),
        ("1!0.2.0", "~= 1!0.2"),
        ("1!0.2.0b1.dev3", "~= 1!0.2b1.dev3"),
    ],
)
def test_the_new_bound_allows_the_version(repository: Repository, version: str, bound: str) -> None:
    assert move_bounds(repository.root, "cocoindex-core", Version(version)) == {
        "cocoindex-ops": f"cocoindex-core {bound}"
    }
    assert f'"cocoindex-core {bound}"' in repository.read(f"{OPS}/pyproject.toml")
    assert move_bounds(repository.root, "cocoindex-core", Version(version)) == {}


def test_line_ends_stay(repository: Repository) -> None:
    for file in ("pyproject.toml", "CHANGELOG.md"):
        path = repository.root / OPS / file
        path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    move_bounds(repository.root, "cocoindex-core", Version("1.0.0"))
    for file in ("pyproject.toml", "CHANGELOG.md"):
        content = (repository.root / OPS / file).read_bytes()
        assert content.count(b"\n") == content.count(b"\r\n")
        assert b"cocoindex-core ~= 1.0" in content


def test_other_names_that_begin_alike_stay(repository: Repository) -> None:
    repository.replace(f"{OPS}/pyproject.toml", "cocoindex-core ~= 0.1", "cocoindex-core-tools ~= 0.1")
    assert move_bounds(repository.root, "cocoindex-core", Version("1.0.0")) == {}
