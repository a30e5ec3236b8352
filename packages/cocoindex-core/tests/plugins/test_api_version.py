"""A plugin that asks for a version of the interface which this core does not have is refused in one clear line."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from cocoindex import plugins
from cocoindex.connectorkits import API_VERSION
from cocoindex.errors import PluginApiError

NEW = f"from cocoindex.connectorkits import nothing_yet\nrequires_api = {API_VERSION + 1}\n"


def refusal(install: Callable[..., None], source: str, value: str = "acme_stuff") -> str:
    install("acme-dist", f"[cocoindex.connectors]\nacme = {value}\n", {"acme_stuff": source})
    with pytest.raises(PluginApiError) as raised:
        plugins.load_plugin("cocoindex.connectors", "acme")
    assert isinstance(raised.value, ImportError)
    return str(raised.value)


def test_one_for_a_newer_core_names_both_versions_and_what_to_install(install: Callable[..., None]) -> None:
    message = refusal(install, NEW)
    assert message.startswith(f"'acme' (acme-dist 1.2) needs version {API_VERSION + 1} of the interface for plugins, ")
    assert f"has version {API_VERSION}; " in message
    # The core of a clone is not one of an index.
    assert message.endswith(f"update the clone in {Path(__file__).parents[4]}")
    assert "\n" not in message


def test_its_module_is_not_run(install: Callable[..., None]) -> None:
    refusal(install, f"requires_api: int = {API_VERSION + 1}  # of the interface\nraise RuntimeError\n")
    assert "acme_stuff" not in sys.modules


def test_one_for_an_older_core_is_to_be_upgraded_itself(install: Callable[..., None]) -> None:
    message = refusal(install, "requires_api = 0\n")
    assert message.startswith("'acme' (acme-dist 1.2) is written for version 0 of the interface for plugins, and cocoi")
    assert message.endswith("run: pip install --upgrade acme-dist")


@pytest.mark.parametrize("wrong", ["'1'", "1.0", "True", "(1, 0)", "int('999')"])
def test_what_is_no_version_is_refused(install: Callable[..., None], wrong: str) -> None:
    assert refusal(install, f"requires_api = {wrong}\n").startswith("'acme' (acme-dist 1.2) ")


def test_an_object_may_ask_for_a_version_of_its_own(install: Callable[..., None]) -> None:
    source = "class Thing:\n    requires_api = 999\n"
    assert "needs version 999" in refusal(install, source, "acme_stuff:Thing")


def test_that_of_its_module_holds_for_an_object_without_one(install: Callable[..., None]) -> None:
    assert "needs version 999" in refusal(install, "thing = 1\nrequires_api = 999\n", "acme_stuff:thing")


@pytest.mark.parametrize(
    "source",
    [
        "",
        f"requires_api = {API_VERSION}\n",
        f"'''\nrequires_api = 999\n'''\nrequires_api = {API_VERSION}\n",
        "def f():\n    requires_api = 999\n",
    ],
)
def test_others_load(install: Callable[..., None], source: str) -> None:
    install("acme-dist", "[cocoindex.connectors]\nacme = acme_stuff\n", {"acme_stuff": source})
    assert plugins.load_plugin("cocoindex.connectors", "acme") is sys.modules["acme_stuff"]
