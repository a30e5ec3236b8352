"""A plugin is loaded by its group and name, alone."""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import ModuleType

import pytest

from cocoindex import plugins
from cocoindex.errors import PluginNotFoundError


def test_the_module_or_the_object_is_returned(install: Callable[..., None]) -> None:
    install(
        "acme-dist",
        "[cocoindex.connectors]\nacme = acme_stuff\n[cocoindex.ops]\nacme_op = acme_stuff:op\n",
        {"acme_stuff": "op = 41\n"},
    )
    module = plugins.load_plugin("cocoindex.connectors", "acme")
    assert isinstance(module, ModuleType)
    assert module.__name__ == "acme_stuff"
    assert plugins.load_plugin("cocoindex.ops", "acme_op") == 41


def test_no_other_plugin_is_loaded(install: Callable[..., None]) -> None:
    install("acme-dist", "[cocoindex.connectors]\nacme = acme_stuff\n", {"acme_stuff": ""})
    install("other-dist", "[cocoindex.connectors]\nother = other_stuff\n", {"other_stuff": ""})
    plugins.load_plugin("cocoindex.connectors", "acme")
    assert "other_stuff" not in sys.modules


def test_an_unknown_name_is_an_error_that_lists_the_known_ones(install: Callable[..., None]) -> None:
    install("acme-dist", "[cocoindex.connectors]\nacme = acme_stuff\n", {"acme_stuff": ""})
    with pytest.raises(PluginNotFoundError, match=r"'acmee' in 'cocoindex\.connectors' \(found: acme, "):
        plugins.load_plugin("cocoindex.connectors", "acmee")
