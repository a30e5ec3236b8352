"""Installed plugins are listed with their distribution and version, and nothing of them is imported."""

from __future__ import annotations

import sys
from collections.abc import Callable

import pytest

from cocoindex import plugins
from cocoindex.errors import CocoIndexError, PluginGroupError

ACME = """
[cocoindex.connectors]
acme = acme_stuff

[cocoindex.ops]
acme_op = acme_stuff:op

[console_scripts]
acme = acme_stuff:main
"""


def test_plugins_of_both_groups_are_listed(install: Callable[..., None]) -> None:
    install("acme-dist", ACME, {"acme_stuff": "op = 1\n"})
    found = {plugin.name: plugin for plugin in plugins.list_plugins() if plugin.distribution == "acme-dist"}
    assert set(found) == {"acme", "acme_op"}
    acme = found["acme"]
    assert (acme.group, acme.version, acme.value) == ("cocoindex.connectors", "1.2", "acme_stuff")
    assert found["acme_op"].group == "cocoindex.ops"


def test_one_group_is_listed_alone(install: Callable[..., None]) -> None:
    install("acme-dist", ACME, {"acme_stuff": "op = 1\n"})
    names = [plugin.name for plugin in plugins.list_plugins("cocoindex.ops")]
    assert "acme_op" in names
    assert "acme" not in names
    assert names == sorted(names)


def test_listing_imports_no_plugin(install: Callable[..., None]) -> None:
    install("acme-dist", ACME, {"acme_stuff": "raise RuntimeError('imported')\n"})
    assert plugins.list_plugins()
    assert "acme_stuff" not in sys.modules


def test_an_unknown_group_is_an_error_that_names_the_known_ones() -> None:
    with pytest.raises(
        PluginGroupError, match=r"'cocoindex\.sources'.*cocoindex\.connectors, cocoindex\.ops"
    ) as raised:
        plugins.list_plugins("cocoindex.sources")
    assert isinstance(raised.value, CocoIndexError)
