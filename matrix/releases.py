"""Tries distributions as last released with the core of today, and the other way round: they work, or are refused."""

from __future__ import annotations

import email
import json
import zipfile
from pathlib import Path

from packaging.requirements import Requirement

from matrix.cells import UV, Cell
from matrix.environment import Environment, last_line
from matrix.install import PROGRAMS
from matrix.outcome import Ended, Outcome
from matrix.supplies import Supplies
from release.contents import modules_of
from release.distributions import CORE

_REFUSAL = "PluginApiError"


def try_released(cell: Cell, environment: Environment, supplies: Supplies) -> None:
    """Try one as last released with the core of today."""
    together(environment, supplies.released(cell.what).wheel, supplies.wheel(CORE))


def try_released_core(cell: Cell, environment: Environment, supplies: Supplies) -> None:
    """Try one of today with the core as last released."""
    core = supplies.released(CORE).wheel
    together(environment, supplies.wheel(cell.what), core)


def together(environment: Environment, wheel: Path, core: Path) -> None:
    """Install a wheel and a core, and import all modules of the wheel.

    Raises:
        Ended: the installer or the core refuses in words that name both versions, or something fails.
    """
    done = environment.try_to_install(UV, [str(wheel), str(core)])
    name, version = wheel.name.split("-")[:2]
    if (bound := bound_on_core(wheel)) is not None and not bound.specifier.contains(version_of(core), prereleases=True):
        words = f"{name.replace('_', '-')} {version} needs {bound}, not {version_of(core)}"
        if done.returncode and CORE in done.stdout:
            raise Ended(Outcome.REFUSED, f"uv: {words}", done.stdout)
        raise Ended(Outcome.FAILED, f"{words}, but uv does not say so: {last_line(done.stdout)}", done.stdout)
    if done.returncode:
        raise Ended(Outcome.FAILED, f"uv does not install it: {last_line(done.stdout)}", done.stdout)
    asked: dict[str, object] = {
        "modules": modules_of(wheel),
        "plugins": {},
        "libraries": [],
        "source": None,
        "strict": False,
    }
    try:
        environment.run("-I", PROGRAMS / "smoke.py", json.dumps(asked), doing="imports")
    except Ended as ended:
        if _REFUSAL in last_line(ended.output):
            raise Ended(Outcome.REFUSED, f"the core: {last_line(ended.output)}", ended.output) from ended
        raise


def bound_on_core(wheel: Path) -> Requirement | None:
    """Return what a wheel asks of the core."""
    with zipfile.ZipFile(wheel) as archive:
        (metadata,) = [name for name in archive.namelist() if name.endswith(".dist-info/METADATA")]
        lines = email.message_from_bytes(archive.read(metadata)).get_all("Requires-Dist", [])
    needs = map(Requirement, lines)
    return next((need for need in needs if need.name == CORE and need.marker is None), None)


def version_of(wheel: Path) -> str:
    """Return the version in a wheel's name."""
    return wheel.name.split("-")[1]
