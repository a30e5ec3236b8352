"""A new project gets its requirements from where core came from: a clone, a folder of wheels, or an index."""

from __future__ import annotations

import json
import tomllib
from importlib.metadata import PathDistribution
from pathlib import Path
from typing import Any

import pytest

from cocoindex._install_source import InstallSource, install_words
from cocoindex.cli.project_files import project_files


def source_of(folder: Path, noted: object) -> InstallSource:
    """Return the source that the installer's note `noted` tells of."""
    (folder / "METADATA").write_text("Metadata-Version: 2.1\nName: cocoindex-core\nVersion: 1.2\n")
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
    assert '\npip install "cocoindex-core[localfs]"  # with --find-links FOLDER' in files["README.md"]


def installed(folder: Path, name: str, noted: object, requires: str = "") -> None:
    """Make a distribution that is found on the path `folder`."""
    info = folder / f"{name.replace('-', '_')}-1.2.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.2\n{requires}")
    if noted is not None:
        (info / "direct_url.json").write_text(json.dumps(noted))


EXTRAS = (
    "Requires-Dist: cocoindex-ops[text] ~=0.1 ; extra == 'text'\n"
    "Requires-Dist: cocoindex-resources~=0.1; extra == 'resources'\n"
)


@pytest.mark.parametrize(
    ("noted", "name", "extra", "words"),
    [
        (
            {"url": "file:///a%20clone/packages/{}", "dir_info": {"editable": True}},
            "cocoindex-core",
            "text",
            "pip install -e '/a clone/packages/cocoindex-resources' -e '/a clone/packages/cocoindex-ops[text]'",
        ),
        (
            {"url": "file:///clone/packages/{}", "dir_info": {}},
            "cocoindex-core",
            "resources",
            "pip install /clone/packages/cocoindex-resources",
        ),
        (
            {"url": "file:///clone/packages/{}", "dir_info": {"editable": True}},
            "cocoindex-ops",
            "code",
            "pip install -e '/clone/packages/cocoindex-ops[code]'",
        ),
        (
            {"url": "file:///a%20house/x-1.2-py3-none-any.whl", "archive_info": {}},
            "cocoindex-ops",
            "code",
            "pip install --find-links '/a house' 'cocoindex-ops[code]'",
        ),
        (
            None,
            "cocoindex-ops",
            "code",
            "pip install 'cocoindex-ops[code]' (with --find-links FOLDER where it came from a folder of wheels)",
        ),
        (None, "acme", "x", "pip install 'acme[x]'"),
    ],
)
def test_an_extra_that_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, noted: Any, name: str, extra: str, words: str
) -> None:
    if noted is not None:
        noted = {**noted, "url": noted["url"].format(name)}
    installed(tmp_path, name, noted, EXTRAS)
    monkeypatch.syspath_prepend(str(tmp_path))
    assert install_words(name, extra) == words


def test_what_is_not_installed_at_all() -> None:
    assert install_words("no-such-thing", "x") == "pip install 'no-such-thing[x]'"
