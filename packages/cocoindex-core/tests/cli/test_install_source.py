"""A new project gets its requirements from where core came from: a clone, a folder of wheels, or an index."""

from __future__ import annotations

import json
import tomllib
from importlib.metadata import PathDistribution
from pathlib import Path

import pytest

from cocoindex.cli.install_source import InstallSource
from cocoindex.cli.project_files import project_files


def source_of(folder: Path, noted: object) -> InstallSource:
    """Return the source that the installer's note `noted` tells of."""
    if noted is not None:
        (folder / "direct_url.json").write_text(json.dumps(noted))
    return InstallSource.of(PathDistribution(folder))


@pytest.mark.parametrize("editable", [True, False])
def test_a_clone_gives_paths(tmp_path: Path, editable: bool) -> None:
    url = "file:///a%20clone/packages/cocoindex-core"
    source = source_of(tmp_path, {"url": url, "dir_info": {"editable": True} if editable else {}})

    files = project_files("first", "1.2", source)

    needs = tomllib.loads(files["pyproject.toml"])["project"]["dependencies"]
    assert needs == [
        f"{name} @ file:///a%20clone/packages/{name}"
        for name in ("cocoindex-core", "cocoindex-resources", "cocoindex-connectors-localfs")
    ]
    assert "pip install '/a clone/packages/cocoindex-core' '/a clone/packages/cocoindex-res" in files["README.md"]


def test_a_folder_of_wheels_gives_links(tmp_path: Path) -> None:
    url = "file:///house/cocoindex_core-1.2-py3-none-any.whl"
    files = project_files("first", "1.2", source_of(tmp_path, {"url": url, "archive_info": {}}))

    project = tomllib.loads(files["pyproject.toml"])
    assert project["project"]["dependencies"] == ["cocoindex-core[localfs]>=1.2"]
    assert project["tool"]["uv"]["find-links"] == ["/house"]
    assert 'pip install --find-links /house "cocoindex-core[localfs]"\n' in files["README.md"]


@pytest.mark.parametrize(
    "noted", [None, {"url": "https://example.com/core.whl", "archive_info": {}}, {"url": "file:///x.zip"}]
)
def test_an_index_gives_a_version(tmp_path: Path, noted: object) -> None:
    files = project_files("first", "1.2", source_of(tmp_path, noted))

    project = tomllib.loads(files["pyproject.toml"])
    assert project["project"]["dependencies"] == ["cocoindex-core[localfs]>=1.2"]
    assert "tool" not in project
    assert '\npip install "cocoindex-core[localfs]"\n' in files["README.md"]
