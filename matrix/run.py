"""Runs cells, several at a time; one that fails does not keep others from running."""

from __future__ import annotations

import os
import shutil
import threading
import time
from collections.abc import Callable, Iterable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from datetime import UTC, datetime
from pathlib import Path

from matrix.bounds import needs_of_others, too_low
from matrix.cells import EDITABLE, OLDEST, PIP, THIRD_PARTY, Cell
from matrix.consumer import try_types
from matrix.downstream import try_template, try_third_party
from matrix.environment import Environment
from matrix.install import try_install
from matrix.outcome import Ended, Outcome, Result
from matrix.releases import try_released, try_released_core
from matrix.stop import Ending
from matrix.suites import try_suite
from matrix.supplies import Supplies
from release.distributions import CORE
from release.problem import Problem

_TRIES: dict[str, Callable[[Cell, Environment, Supplies], None]] = {
    "install": try_install,
    "released": try_released,
    "released-core": try_released_core,
    "types": try_types,
    "tests": try_suite,
}


STOPPED = "the matrix was stopped before it ended"
_LOOK = 0.2  # seconds between two looks at whether it is


def run_cells(
    cells: Iterable[Cell],
    supplies: Supplies,
    tell: Callable[[Result], None],
    stopped: threading.Event | None = None,
) -> list[Result]:
    """Run the cells; return what became of each, in their order. `tell` hears of each as it ends.

    Once `stopped` is set, what runs is ended, and the cells without a result are skipped.
    """
    stopped = stopped or threading.Event()
    wanted = list(cells)
    results: dict[Cell, Result] = {}
    ending: Ending | None = None
    with ThreadPoolExecutor(max_workers=workers()) as pool:
        submitted = (pool.submit(run_cell, cell, supplies, number, stopped) for number, cell in enumerate(wanted))
        running: set[Future[Result]] = set(submitted)
        while running:
            done, running = wait(running, _LOOK, FIRST_COMPLETED)
            for result in (future.result() for future in done):
                results[result.cell] = result
                if result.why != STOPPED:
                    tell(result)
            if stopped.is_set():
                ending = ending or Ending()
                ending.look()
    while ending and ending.look():
        time.sleep(_LOOK)
    return [results[cell] for cell in wanted]


def workers() -> int:
    """Return how many cells run at a time: COCOINDEX_MATRIX_JOBS, else one more than there are cores.

    Raises:
        Problem: it is no number above zero.
    """
    asked = os.environ.get("COCOINDEX_MATRIX_JOBS", "").strip()
    if asked and not (asked.isdecimal() and int(asked)):
        raise Problem(f"COCOINDEX_MATRIX_JOBS is {asked!r}, not a number above zero")
    return int(asked) if asked else (os.cpu_count() or 1) + 1


def run_cell(cell: Cell, supplies: Supplies, number: int, stopped: threading.Event) -> Result:
    """Run one cell in an environment of its own, which is removed."""
    folder = supplies.folder / f"cell{number}"
    began = time.monotonic()
    if stopped.is_set():
        return Result(cell, Outcome.SKIPPED, STOPPED)
    try:
        _try(cell, supplies, folder)
    except Ended as ended:
        result = Result(cell, ended.outcome, _without_places(ended.why, supplies), ended.output)
    except Exception as error:  # a fault of the matrix itself: the cell has not passed
        result = Result(cell, Outcome.FAILED, _without_places(f"{type(error).__name__}: {error}", supplies))
    else:
        result = Result(cell, Outcome.PASSED)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    if stopped.is_set() and result.outcome is not Outcome.PASSED:  # what it ran was ended
        return Result(cell, Outcome.SKIPPED, STOPPED)
    day = "" if result.outcome is Outcome.SKIPPED else datetime.now(UTC).date().isoformat()
    return Result(cell, result.outcome, result.why, result.output, time.monotonic() - began, day)


def _try(cell: Cell, supplies: Supplies, folder: Path) -> None:
    if cell.python not in supplies.interpreters:
        raise Ended(Outcome.SKIPPED, f"there is no Python {cell.python} here")
    if cell.kind == "bounds":
        return _try_bounds(cell, supplies)
    if cell.kind in ("released", "released-core"):  # skipped before anything is built
        supplies.released(CORE if cell.kind == "released-core" else cell.what)
    supplies.all_wheels()
    of_pip = cell.installer == PIP
    tools = supplies.build_tools() if of_pip and cell.origin == EDITABLE else None
    wheels = supplies.wheels_for_pip(cell.python, cell.deps) if of_pip else None
    environment = Environment(folder, supplies.interpreters[cell.python], [supplies.links], tools, wheels)
    if cell.kind == "downstream":
        return (try_third_party if cell.what == THIRD_PARTY else try_template)(cell, environment, supplies)
    return _TRIES[cell.kind](cell, environment, supplies)


def _try_bounds(cell: Cell, supplies: Supplies) -> None:
    needs = needs_of_others(supplies.present.values())
    faults = too_low(needs, supplies.locked(cell.python, OLDEST).versions, cell.python)
    lines = [f"{need} of {name}: the oldest that installs is {version}" for name, need, version in faults]
    if lines:
        raise Ended(Outcome.FAILED, "; ".join(lines), "\n".join(lines))


def _without_places(text: str, supplies: Supplies) -> str:
    """Return a line without the folders of this machine."""
    for place in (supplies.folder, supplies.root):
        text = text.replace(f"{place}/", "").replace(str(place), ".")
    return " ".join(text.split())
