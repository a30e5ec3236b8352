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


@pytest.mark.parametrize("other", ["Acme_DB", "acme-db", "ACME.db", "acme__db"])
def test_a_name_that_differs_only_by_case_or_separators_is_claimed_too(
    install: Callable[..., None], other: str
) -> None:
    install("acme-dist", "[cocoindex.connectors]\nacme_db = acme_stuff\n", {"acme_stuff": ""})
    install("umbrella", f"[cocoindex.connectors]\n{other} = acme_stuff\nrain = acme_stuff\n", {})
    messages = set()
    for name in ("acme_db", other):
        with pytest.raises(PluginConflictError) as raised:
            plugins.load_plugin("cocoindex.connectors", name)
        messages.add(str(raised.value))
    [message] = messages
    assert message.startswith("'acme_db' in 'cocoindex.connectors' is claimed by ")
    assert "acme-dist 1.2 (as 'acme_db')" in message
    assert f"umbrella 1.2 (as {other!r})" in message
    assert plugins.load_plugin("cocoindex.connectors", "rain")


def test_a_distribution_may_have_two_spellings_of_its_name(install: Callable[..., None]) -> None:
    install("acme-dist", "[cocoindex.connectors]\nacme_db = json\nacme-db = json\n", {})
    assert plugins.load_plugin("cocoindex.connectors", "acme-db") is plugins.load_plugin(
        "cocoindex.connectors", "acme_db"
    )


def test_one_distribution_that_has_a_name_twice_is_named_once(install: Callable[..., None]) -> None:
    install("acme-dist", "[cocoindex.connectors]\nacme = json\nacme = csv\n", {})
    with pytest.raises(
        PluginConflictError, match=r"'acme' in .* is there twice in the entry points of acme-dist 1\.2;"
    ):
        plugins.load_plugin("cocoindex.connectors", "acme")
