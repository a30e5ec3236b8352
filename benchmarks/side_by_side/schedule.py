"""Runs the phases of a case by turns on each side, each phase a process, each repetition on stores of its own."""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path

from .cases import Case, Counts, Phase
from .process import Cost, run_process

PROGRAMS = Path(__file__).resolve().parents[1] / "programs"

Side = str
# The Python of each side, and the costs of each side's runs of a phase.
Pythons = dict[Side, str]
PhaseCosts = dict[Side, list[Cost]]


def warm_up(pythons: Pythons, folder: Path) -> None:
    """Import everything once on each side, so that no measured process compiles or first reads a module."""
    names = ", ".join(sorted(program.stem for program in PROGRAMS.glob("*.py")))
    for side, python in pythons.items():
        run_process(
            [python, "-c", f"import sys; sys.path.insert(0, {str(PROGRAMS)!r}); import {names}"], folder / side, folder
        )


def run_case(case: Case, pythons: Pythons, repeat: int, folder: Path) -> list[PhaseCosts]:
    """Return what each phase of `case` cost on each side; stores and files stay in `folder`, which is scratch space.

    All repetitions of a phase come before the next phase, and nothing is deleted here: ext4 gives the inodes of deleted
    files to nobody for up to five minutes, in which it searches long for one for each new file. So no repetition pays
    for files that another one has dropped.
    """
    costs: list[PhaseCosts] = [{side: [] for side in pythons} for _ in case.phases]
    places = [Path(tempfile.mkdtemp(prefix=f"{case.program}-", dir=folder)) for _ in range(repeat)]
    for index, phase in enumerate(case.phases):
        for repetition, place in enumerate(places):
            if phase.prepare:
                phase.prepare(place / "files", case.size)
            for side in _turns(pythons, repetition + index):
                costs[index][side].append(_run_phase(case, phase, pythons[side], place, side))
            print(f"{case.name}, {case.size}, {phase.name}: {repetition + 1} of {repeat}", file=sys.stderr)
    return costs


def _turns(pythons: Pythons, turn: int) -> list[Side]:
    """Let each side go first by turns: what a run leaves in the machine's caches favours nobody."""
    sides = list(pythons)
    return sides if turn % 2 == 0 else sides[::-1]


def _run_phase(case: Case, phase: Phase, python: str, place: Path, side: Side) -> Cost:
    command = [python, str(PROGRAMS / case.program), *phase.arguments, *(["files"] if case.reads_files else [])]
    store = place / side / "store"
    store.parent.mkdir(exist_ok=True)
    cost, last_line = run_process(command, store, place)
    counts = Counts(**json.loads(last_line))
    if counts != phase.expected:
        sys.exit(f"{side}, {case.name}, {phase.name}: {counts} where {phase.expected} is right")
    return cost


def run_imports(pythons: Pythons, repeat: int, folder: Path) -> PhaseCosts:
    """Return what a process costs on each side that does nothing but `import cocoindex`."""
    costs: PhaseCosts = {side: [] for side in pythons}
    for repetition in range(repeat):
        for side in _turns(pythons, repetition):
            costs[side].append(run_process([pythons[side], "-c", "import cocoindex"], folder / side, folder).cost)
    return costs
