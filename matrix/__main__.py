"""`python -m matrix [check] [keep] [NAME=VALUE ...]`, in the folder of a clone: what `nox -s matrix` runs.

`check` needs nothing that is installed for the matrix, and says what is missing before anything is.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event

from matrix.bounds import needs_of_others
from matrix.cells import all_cells
from matrix.kept import FILE, Versions, read_kept, write_kept
from matrix.outcome import Ended, Outcome, Result
from matrix.page import counted, page
from matrix.pythons import find_python, full_version, further_pythons
from matrix.run import run_cells, workers
from matrix.selection import chosen, read_selection
from matrix.stop import adopt_orphans, stopped_by_signals
from matrix.supplies import Supplies
from release.distributions import CORE, read_distributions
from release.index import refuse_silent_indexes
from release.problem import Problem

PAGE = Path("docs", "matrix.md")
_KEEP = "keep"
_LONG = "takes many minutes; run it by `nox -s matrix -- kind=tests`"


def main(root: Path, arguments: Sequence[str]) -> int:
    """Run the cells that are asked for, all where none is; return the exit code."""
    only_check = arguments[:1] == ["check"]
    adopt_orphans()
    try:
        with stopped_by_signals() as stopped:
            return _run(root, arguments[only_check:], only_check, stopped)
    except Problem as problem:
        print(f"matrix: {problem}", file=sys.stderr)
        return 1
    except OSError as error:  # a clone or disk that cannot be written, most of all
        print(f"matrix: {error}", file=sys.stderr)
        return 1


def _run(root: Path, arguments: Sequence[str], only_check: bool, stopped: Event) -> int:
    present = read_distributions(root)
    supported = list(present[CORE].pythons)
    pythons = [*supported, *further_pythons(supported)]
    found = {version: path for version in pythons if (path := find_python(version)) is not None}
    cells = all_cells(present, pythons, supported)
    keep = _KEEP in arguments
    selection = read_selection([each for each in arguments if each != _KEEP], cells)
    if absent := [version for version in selection.get("python", []) if version not in found]:
        raise Problem(f"there is no Python {', '.join(absent)} here; there are {', '.join(found) or 'none'}")
    workers()
    read_kept(root / FILE)
    refuse_silent_indexes()
    if only_check:
        return int(stopped.is_set())
    wanted = chosen(selection, cells)
    long = [cell for cell in wanted if cell.kind == "tests" and "kind" not in selection]
    with TemporaryDirectory(prefix="matrix-") as place:
        supplies = Supplies(root, Path(place).resolve(), found)
        ran = run_cells([cell for cell in wanted if cell not in long], supplies, _tell, stopped)
        results = [*ran, *(Result(cell, Outcome.SKIPPED, _LONG) for cell in long)]
        ran_on, versions = _facts([] if stopped.is_set() else results, supplies)
    print(f"\n{page(results, ran_on, versions)}")
    if stopped.is_set():
        print(f"matrix: stopped before its end; {PAGE} is as it was", file=sys.stderr)
    elif selection and not keep:
        print(f"{PAGE} is as it was: only a whole run writes it, or one of some cells with `{_KEEP}`.")
    else:
        kept = read_kept(root / FILE)
        kept.take(results, ran_on, versions)
        (root / PAGE).write_text(page(kept.of(cells), kept.pythons, kept.versions), encoding="utf-8")
        write_kept(kept, root / FILE)
    code = exit_code(results, [version for version in supported if version not in found and not selection])
    return 1 if stopped.is_set() else code


def exit_code(results: Sequence[Result], absent: Sequence[str]) -> int:
    """Say how many cells passed, and what failed; return 1 where one did, a Python is absent, or nothing ran."""
    print(f"{len(results)} cells: {counted(results)}")
    failed = [result for result in results if result.outcome is Outcome.FAILED]
    for result in failed:
        print(f"matrix: failed: {result.cell}: {result.why}", file=sys.stderr)
    for version in absent:
        print(f"matrix: Python {version} is supported, but not here: its cells were skipped", file=sys.stderr)
    if all(result.outcome is Outcome.SKIPPED for result in results):
        print("matrix: nothing ran", file=sys.stderr)
        return 1
    return 1 if failed or absent else 0


def _tell(result: Result) -> None:
    print(f"{result.outcome:8}{result.seconds:6.1f} s  {result.cell}", result.why, flush=True)
    if result.outcome is Outcome.FAILED and result.output:
        print(result.output, flush=True)


def _facts(results: Sequence[Result], supplies: Supplies) -> tuple[dict[str, str], Versions]:
    """Return the whole version of each Python that was there, and versions of what the distributions need."""
    ran = {result.cell.python for result in results} & set(supplies.interpreters)
    whole = {version: full_version(supplies.interpreters[version]) or version for version in sorted(ran)}
    direct = {need.name for _, need in needs_of_others(supplies.present.values())}
    versions: Versions = {}
    for version, deps in sorted({(result.cell.python, result.cell.deps) for result in results}):
        if version in ran:
            with suppress(Ended):  # there are none, and cells say so
                found = supplies.locked(version, deps).versions.items()
                versions[version, deps] = {name: str(each) for name, each in found if name in direct}
    return whole, versions


if __name__ == "__main__":
    sys.exit(main(Path.cwd(), sys.argv[1:]))
