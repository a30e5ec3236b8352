"""All distributions live together in one environment: as wheels, editable, and mixed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.packaging.conftest import Built, Env

pytestmark = pytest.mark.distributions

CORE = "cocoindex-core"


def everything(built: dict[str, Built]) -> list[str]:
    """Every public module of all distributions."""
    return [module for package in built.values() for module in package.modules()]


def editable(*packages: Built) -> list[str]:
    """What an installer takes to install these from their sources."""
    return [part for package in packages for part in ("-e", str(package.source))]


def test_as_wheels(built: dict[str, Built], env: Env) -> None:
    env.install(*(package.wheel for package in built.values()), f"{CORE}[text]")
    env.check()
    env.import_all(everything(built))


def test_editable(built: dict[str, Built], env: Env) -> None:
    env.install(*editable(*built.values()), f"{CORE}[text]")
    env.check()
    env.import_all(everything(built))


def test_core_editable_and_the_others_as_wheels(built: dict[str, Built], env: Env) -> None:
    others = [package.wheel for name, package in built.items() if name != CORE]
    env.install(*editable(built[CORE]), *others, f"{CORE}[text]")
    env.check()
    env.import_all(everything(built))


def test_core_as_a_wheel_and_the_others_editable(built: dict[str, Built], env: Env) -> None:
    others = [package for name, package in built.items() if name != CORE]
    env.install(built[CORE].wheel, *editable(*others), f"{CORE}[text]")
    env.check()
    env.import_all(everything(built))


def test_every_second_one_editable(built: dict[str, Built], env: Env) -> None:
    packages = list(built.values())
    env.install(*editable(*packages[::2]), *(package.wheel for package in packages[1::2]), f"{CORE}[text]")
    env.check()
    env.import_all(everything(built))
