"""Metadata that is damaged or missing keeps nobody else's plugin from being listed and loaded."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from cocoindex import plugins

FINE = "[cocoindex.connectors]\nfine = fine_stuff:x\n"
ACME = "[cocoindex.connectors]\nacme = acme_stuff:x\n"


@pytest.fixture
def both(install: Callable[..., None], tmp_path: Path) -> Path:
    """Install two distributions; return the folder with the metadata of the one that is called acme-dist."""
    install("fine-dist", FINE, {"fine_stuff": "x = 7\n"})
    install("acme-dist", ACME, {"acme_stuff": "x = 8\n"})
    return tmp_path / "acme_dist-1.2.dist-info"


def test_without_metadata_its_folder_says_name_and_version(both: Path) -> None:
    (both / "METADATA").unlink()
    found = {plugin.name: (plugin.distribution, plugin.version) for plugin in plugins.list_plugins()}
    assert found["acme"] == ("acme-dist", "1.2")
    assert plugins.load_plugin("cocoindex.connectors", "acme") == 8


@pytest.mark.parametrize("metadata", [b"", b"Name: \xff\xfe\n", b"Version: 1.2\n", b"\0"])
def test_metadata_that_says_nothing(both: Path, metadata: bytes) -> None:
    (both / "METADATA").write_bytes(metadata)
    assert plugins.load_plugin("cocoindex.connectors", "acme") == 8
    assert plugins.load_plugin("cocoindex.connectors", "fine") == 7


@pytest.mark.parametrize(
    "text", [b"[cocoindex.connectors]\nacme\n", b"[cocoindex.connectors]\nacme = \xff\n", b"no section = x\n=\nx"]
)
def test_entry_points_that_cannot_be_read(both: Path, text: bytes) -> None:
    (both / "entry_points.txt").write_bytes(text)
    assert plugins.load_plugin("cocoindex.connectors", "fine") == 7
    assert "fine" in [plugin.name for plugin in plugins.list_plugins()]


@pytest.mark.parametrize("value", ["", "1 2 3", ":x", "acme_stuff:", ".", "acme_stuff:x.y.z", "..acme_stuff"])
def test_an_entry_point_that_names_nothing(both: Path, value: str) -> None:
    (both / "entry_points.txt").write_text(f"[cocoindex.connectors]\nacme = {value}\n")
    with pytest.raises(Exception, match="acme-dist") as raised:
        plugins.load_plugin("cocoindex.connectors", "acme")
    # Where importlib_metadata is in use (moto loads it), such an entry point cannot even be read.
    assert raised.type.__name__ in ("PluginLoadError", "PluginNotFoundError")
    assert plugins.load_plugin("cocoindex.connectors", "fine") == 7
