"""Two distributions that claim one name are an error that names both, and only for that name."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from cocoindex import plugins
from cocoindex.errors import PluginConflictError


def test_loading_the_name_names_both_claimants(install: Callable[..., None]) -> None:
    install("acme-dist", "[cocoindex.connectors]\nacme = acme_stuff\n", {"acme_stuff": ""})
    install("umbrella", "[cocoindex.connectors]\nacme = umbrella_stuff\n", {"umbrella_stuff": ""})
    with pytest.raises(PluginConflictError, match=r"'acme' .* claimed by acme-dist 1\.2 and umbrella 1\.2"):
        plugins.load_plugin("cocoindex.connectors", "acme")


def test_both_are_listed_and_others_still_load(install: Callable[..., None]) -> None:
    install("acme-dist", "[cocoindex.connectors]\nacme = acme_stuff\n", {"acme_stuff": ""})
    install("umbrella", "[cocoindex.connectors]\nacme = acme_stuff\nrain = acme_stuff:rain\n", {"acme_stuff": "rain=1"})
    claimants = [plugin.distribution for plugin in plugins.list_plugins() if plugin.name == "acme"]
    assert claimants == ["acme-dist", "umbrella"]
    assert plugins.load_plugin("cocoindex.connectors", "rain") == 1


def test_the_same_name_in_the_other_group_is_no_conflict(install: Callable[..., None]) -> None:
    install("acme-dist", "[cocoindex.connectors]\nacme = acme_stuff:a\n", {"acme_stuff": "a = 1\nb = 2\n"})
    install("umbrella", "[cocoindex.ops]\nacme = acme_stuff:b\n", {})
    assert plugins.load_plugin("cocoindex.connectors", "acme") == 1
    assert plugins.load_plugin("cocoindex.ops", "acme") == 2
