"""A connector that somebody else publishes, under a top-level name of its own, is installed, found and used."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.packaging.conftest import Built, Env

pytestmark = pytest.mark.distributions

APP = Path(__file__).parents[1] / "third_party" / "consumer" / "pins.py"


@pytest.fixture
def acme_env(built: dict[str, Built], acme: Built, env: Env) -> Env:
    """An environment with core, one of our connectors and the third party's."""
    env.install(acme.wheel, built["cocoindex-core"].wheel, built["cocoindex-connectors-localfs"].wheel)
    env.check()
    return env


def test_it_is_listed_with_its_distribution_and_version(acme_env: Env) -> None:
    lines = acme_env.script("cocoindex", "plugins").splitlines()
    assert any("acme" in line and "acme-cocoindex-connector" in line and "2.3.0" in line for line in lines), lines
    assert any("localfs" in line and "cocoindex-connectors-localfs" in line for line in lines), lines


def test_it_is_loaded_by_name(acme_env: Env) -> None:
    code = "from cocoindex import plugins; print(plugins.load_plugin('cocoindex.connectors', 'acme').__name__)"
    assert acme_env.run("-W", "error", "-c", code) == "acme_cocoindex\n"


def test_an_app_uses_it_through_the_shared_namespace(acme_env: Env) -> None:
    acme_env.run("-W", "error", APP, "one", "two")
    board = acme_env.folder / "board"
    assert {pin.name: pin.read_text() for pin in board.iterdir()} == {
        "one.pin": "text of one",
        "two.pin": "text of two",
    }
    acme_env.run("-W", "error", APP, "two")
    assert [pin.name for pin in board.iterdir()] == ["two.pin"]


def test_it_works_beside_editable_installs(built: dict[str, Built], acme: Built, env: Env) -> None:
    env.install("-e", built["cocoindex-core"].source, "-e", acme.source)
    env.check()
    env.import_all(["cocoindex", "acme_cocoindex", "cocoindex.connectors.acme"])
