"""Tries what others publish: the example of a third party, and what `cocoindex init` makes at this moment."""

from __future__ import annotations

import shutil

from matrix.cells import TEMPLATES, UV, WHEEL, Cell
from matrix.consumer import CONSUMER
from matrix.environment import Environment
from matrix.install import requirements
from matrix.outcome import Ended, Outcome
from matrix.supplies import Supplies
from release.build import wheel_of
from release.distributions import CORE
from release.problem import Problem


def try_third_party(cell: Cell, environment: Environment, supplies: Supplies) -> None:
    """Install the example of a third party beside the core, and run a program that uses it twice."""
    environment.install(UV, [str(supplies.third_party()), *requirements({CORE: set()}, WHEEL, supplies)])
    environment.check()
    shutil.copy(supplies.root / CONSUMER / "pins.py", environment.folder / "pins.py")
    environment.run("-W", "error", "pins.py", "one", "two", doing="a program with two pins")
    environment.run("-W", "error", "pins.py", "two", doing="a program with one pin")
    found = sorted(path.name for path in (environment.folder / "board").iterdir())
    if found != ["two.pin"]:
        raise Ended(Outcome.FAILED, f"the board has {found}, not two.pin alone")


def try_template(cell: Cell, environment: Environment, supplies: Supplies) -> None:
    """Have the command make a distribution; build it, install its wheel, and run its own tests."""
    environment.install(UV, [*requirements({CORE: set()}, WHEEL, supplies), "pytest>=8.4"])
    command = ("-m", "cocoindex", "init", *TEMPLATES[cell.what], "acme", "--dir", "acme")
    environment.run(*command, doing="cocoindex init")
    project = environment.folder / "acme"
    try:
        wheel = wheel_of(project, environment.folder / "dist")
    except Problem as problem:
        raise Ended(Outcome.FAILED, str(problem)) from problem
    environment.install(UV, [str(wheel)])
    environment.check()
    said = environment.run("-m", "cocoindex", "plugins", doing="cocoindex plugins")
    if "acme" not in said:
        raise Ended(Outcome.FAILED, "`cocoindex plugins` does not list it", said)
    options = ("-p", "no:cacheprovider", "--rootdir", project, f"--basetemp={environment.folder / 'temporary'}")
    environment.run("-m", "pytest", "-q", "-c", project / "pyproject.toml", *options, project, doing="its tests")
