"""A plugin that cannot be imported is reported with all that finds it again, and harms nobody else."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from cocoindex import plugins
from cocoindex.errors import PluginLoadError, PluginNotFoundError


@pytest.mark.parametrize(
    ("source", "cause"),
    [
        ("import no_such_driver\n", "ModuleNotFoundError: No module named 'no_such_driver'"),
        ("1 / 0\n", "ZeroDivisionError: division by zero"),
        ("def (:\n", "SyntaxError: "),
        ("raise SystemExit(3)\n", "SystemExit: 3"),
    ],
)
def test_the_error_says_distribution_group_entry_point_and_cause(
    install: Callable[..., None], source: str, cause: str
) -> None:
    install("acme-dist", "[cocoindex.connectors]\nacme = acme_stuff\n", {"acme_stuff": source})
    with pytest.raises(PluginLoadError) as raised:
        plugins.load_plugin("cocoindex.connectors", "acme")
    error = raised.value
    assert (error.distribution, error.version) == ("acme-dist", "1.2")
    assert (error.group, error.entry_point, error.value) == ("cocoindex.connectors", "acme", "acme_stuff")
    message = str(error)
    for part in ("acme-dist 1.2", "'cocoindex.connectors'", "'acme'", "'acme_stuff'", cause):
        assert part in message
    assert error.__cause__ is not None


def test_a_missing_attribute_is_reported_alike(install: Callable[..., None]) -> None:
    install("acme-dist", "[cocoindex.ops]\nacme = acme_stuff:nothing\n", {"acme_stuff": ""})
    with pytest.raises(PluginLoadError, match=r"'acme_stuff:nothing' from acme-dist 1\.2 raised AttributeError"):
        plugins.load_plugin("cocoindex.ops", "acme")


def test_the_others_load(install: Callable[..., None]) -> None:
    install("acme-dist", "[cocoindex.connectors]\nacme = acme_stuff\n", {"acme_stuff": "1 / 0\n"})
    install("fine-dist", "[cocoindex.connectors]\nfine = fine_stuff:x\n", {"fine_stuff": "x = 7\n"})
    with pytest.raises(PluginLoadError):
        plugins.load_plugin("cocoindex.connectors", "acme")
    assert plugins.load_plugin("cocoindex.connectors", "fine") == 7


@pytest.mark.parametrize(
    "raising",
    [
        "class E(BaseException):\n    pass\nraise E('why')\n",
        "raise BaseExceptionGroup('why', [KeyboardInterrupt(), ValueError()])\n",
        "raise GeneratorExit('why')\n",
        "import asyncio\nraise asyncio.CancelledError('why')\n",
        "class E(Exception):\n    def __str__(self): raise self\n    why = 1\nraise E\n",
        "import dataclasses\n@dataclasses.dataclass(frozen=True)\nclass E(Exception):\n    why: int = 1\nraise E()\n",
        "raise ValueError('why\\n  in\\n many lines')\n",
        "import warnings\nwarnings.warn('why', DeprecationWarning)\n",
    ],
)
def test_whatever_it_raises_is_told_in_one_line(install: Callable[..., None], raising: str) -> None:
    install("acme-dist", "[cocoindex.connectors]\nacme = acme_stuff\n", {"acme_stuff": raising})
    with pytest.raises(PluginLoadError) as raised:
        plugins.load_plugin("cocoindex.connectors", "acme")
    assert "\n" not in str(raised.value)
    assert str(raised.value).endswith("; mend or uninstall acme-dist")


def test_ctrl_c_is_not_its_failure(install: Callable[..., None]) -> None:
    source = "import signal\nsignal.raise_signal(signal.SIGINT)\n"
    install("acme-dist", "[cocoindex.connectors]\nacme = acme_stuff\n", {"acme_stuff": source})
    with pytest.raises(KeyboardInterrupt):
        plugins.load_plugin("cocoindex.connectors", "acme")


def test_what_it_says_is_cut(install: Callable[..., None]) -> None:
    install(
        "acme-dist", "[cocoindex.connectors]\nacme = acme_stuff\n", {"acme_stuff": "raise ValueError('x' * 10_000)"}
    )
    with pytest.raises(PluginLoadError) as raised:
        plugins.load_plugin("cocoindex.connectors", "acme")
    assert len(str(raised.value)) < 800
    assert str(raised.value).endswith("xx…; mend or uninstall acme-dist")


@pytest.mark.parametrize("value", ["acme stuff", "acme_stuff:1", "acme-stuff", "1acme", "acme_stuff..x"])
def test_an_entry_point_that_can_name_nothing_is_told_its_form(install: Callable[..., None], value: str) -> None:
    install("acme-dist", f"[cocoindex.connectors]\nacme = {value}\n", {"acme_stuff": ""})
    # Once importlib_metadata is imported, as by litellm, it reads all entry points, and refuses some of these.
    told = r"names package\.module or package\.module:object; mend|cannot be read: acme-dist 1\.2 \(ValueError"
    with pytest.raises((PluginLoadError, PluginNotFoundError), match=told):
        plugins.load_plugin("cocoindex.connectors", "acme")
