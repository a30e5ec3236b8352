"""Runs the tests of a distribution with the oldest dependencies that it, and the tools of the tests, allow."""

from __future__ import annotations

import tomllib
from pathlib import Path

from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.version import Version

from matrix.bounds import needs_of_others
from matrix.cells import EDITABLE, NEWEST, OLDEST, UV, Cell
from matrix.environment import Environment, demand, last_line
from matrix.install import extras_of, requirements
from matrix.locked import lock
from matrix.outcome import Ended, Outcome
from matrix.supplies import Supplies
from release.distributions import closure

_MINUTES = 90


def try_suite(cell: Cell, environment: Environment, supplies: Supplies) -> None:
    """Try the cell.

    Raises:
        Ended: it failed, was skipped where the tools need what we do not allow, or passed with newer dependencies than
            the oldest, as the tools need them; which these are is the reason.
    """
    tools = tomllib.loads((supplies.root / "pyproject.toml").read_text(encoding="utf-8"))["dependency-groups"]["tests"]
    pins = _pins(cell, [Requirement(tool) for tool in tools], supplies)
    file = environment.folder / "pins.txt"
    file.write_text("".join(f"{name}=={version}\n" for name, version in sorted(pins.items())))
    wanted = [*requirements(extras_of("all", supplies.present), EDITABLE, supplies), *tools]
    environment.install(UV, wanted, file)
    # A test that never ends fails, and shows where it stands, as in the session `tests`.
    options = ["-q", "-p", "no:cacheprovider", "--timeout", "300", f"--basetemp={environment.folder / 'temporary'}"]
    [packages] = (environment.folder / "env" / "lib").glob("python*/site-packages")
    options += ["-o", f"filterwarnings={tolerated(packages)}"]
    tests = supplies.present[cell.what].folder / "tests"
    demand([environment.python, "-m", "pytest", *options, tests], supplies.root, "its tests", minutes=_MINUTES)
    oldest = supplies.locked(cell.python, OLDEST).versions
    newer = [f"{name} {pins[name]}" for name in sorted(pins) if pins[name] > oldest[name]]
    if newer:
        raise Ended(Outcome.PASSED, f"the tools of the tests need newer ones: {', '.join(newer)}")


def tolerated(packages: Path) -> str:
    """Return the filters of warnings with which pytest passes over those that code of others causes by itself.

    The oldest version of one may use what the newest of another has deprecated, such as litellm and pydantic, or forget
    sessions of aiohttp. Ours are installed editable, and so not among what lies there: their warnings stay errors.

    Args:
        packages: the folder `site-packages` of the environment.
    """
    names = {path.name.partition(".")[0] for path in packages.iterdir()}
    modules = sorted(name for name in names if name.isidentifier())
    deprecated = rf"ignore::DeprecationWarning:({'|'.join(modules)})(\..*)?"
    return f"error\n{deprecated}\nignore:Unclosed (client session|connector):ResourceWarning"


def _pins(cell: Cell, tools: list[Requirement], supplies: Supplies) -> dict[str, Version]:
    """Return the oldest of what this distribution, and those of ours that it needs, need and the tools allow."""
    distribution = supplies.present[cell.what]
    names = closure(distribution, supplies.present, distribution.light_extras())
    others = [need for _, need in needs_of_others(supplies.present[name] for name in names)]
    needs = [need for need in others if need.name not in supplies.present]
    interpreter = supplies.interpreters[cell.python]
    newest = lock(tools, interpreter, NEWEST).versions
    for tool in tools:
        tool.specifier &= SpecifierSet(f"=={newest[tool.name]}")
    try:
        found = lock([*needs, *tools], interpreter, OLDEST).versions
    except Ended as ended:
        why = f"the tools of the tests need what we do not allow: {last_line(ended.output)}"
        raise Ended(Outcome.SKIPPED, why, ended.output) from ended
    # The tools may bring what is needed on other systems only.
    oldest = supplies.locked(cell.python, OLDEST).versions
    return {need.name: found[need.name] for need in needs if need.name in oldest}
