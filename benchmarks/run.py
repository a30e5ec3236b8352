"""Measures what updates cost here and with cocoindex 1.0.26, by turns, and prints medians and ratios.

    python benchmarks/run.py --peer-python PATH [--sizes 1000,10000] [--repeat 3] [--only KIND ...] [--quick]

PATH is the Python of a virtual environment that has cocoindex==1.0.26; without it, only this project is measured, with
the Python that runs this file. docs/benchmarks.md says what is measured and how.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from side_by_side.cases import Case, batched, calls, copied_folder, flat, folder, nested
from side_by_side.compare import (
    GROWTH_HEADER,
    MEDIAN_HEADER,
    OURS,
    PEER,
    RATIO_HEADER,
    Row,
    growth_rows,
    import_row,
    median_row,
    ratio_row,
)
from side_by_side.schedule import Pythons, run_case, run_imports, warm_up
from side_by_side.table import print_table

KINDS = ("flat", "nested", "calls", "batched", "folder", "import", "growth")


def main() -> None:
    arguments = _parse_arguments()
    pythons = {OURS: sys.executable, **({PEER: arguments.peer_python} if arguments.peer_python else {})}
    with tempfile.TemporaryDirectory(dir=arguments.work_dir, prefix="benchmark-") as scratch:
        place = Path(scratch)
        warm_up(pythons, place)
        ratios, medians = _compare(arguments, pythons, place)
        growth = _grow(arguments, pythons, place) if "growth" in arguments.only else []
    if ratios:
        print_table("How many times ours the peer's figures are", RATIO_HEADER, ratios, arguments.markdown)
    if medians:
        print_table(f"Medians: {' / '.join(pythons)}", MEDIAN_HEADER, medians, arguments.markdown)
    if growth:
        small, large = _growth_sizes(arguments.sizes)
        print_table(f"CPU a component, at {small} and {large}", GROWTH_HEADER, growth, arguments.markdown)


def _compare(arguments: argparse.Namespace, pythons: Pythons, place: Path) -> tuple[list[Row], list[Row]]:
    """Run all but the growth; return the rows of ratios (none without the peer) and of medians."""
    ratios: list[Row] = []
    medians: list[Row] = []
    if "import" in arguments.only:
        costs = run_imports(pythons, arguments.repeat, place)
        medians.append(median_row("import cocoindex", "", "", costs))
        ratios += [import_row(costs)] if PEER in pythons else []
    for case in _cases(arguments):
        for phase, costs in zip(case.phases, run_case(case, pythons, arguments.repeat, place), strict=True):
            medians.append(median_row(case.name, str(case.size), phase.name, costs))
            ratios += [ratio_row(case, phase, costs)] if PEER in pythons else []
    return ratios, medians


def _cases(arguments: argparse.Namespace) -> list[Case]:
    largest = max(arguments.sizes)
    cases = [flat(size, states) for size in arguments.sizes for states in (1, 10)]
    cases += [nested(10, 10, largest // 100), *(calls(largest, kind) for kind in ("ints", "dicts", "bytes"))]
    cases += [batched(largest), folder(largest), copied_folder(largest)]
    return [case for case in cases if case.name.startswith(tuple(arguments.only))]


def _grow(arguments: argparse.Namespace, pythons: Pythons, place: Path) -> list[Row]:
    """Run the flat case with none, half and five times the largest size; the peer too if that was asked for."""
    sides = pythons if arguments.peer_growth else {OURS: pythons[OURS]}
    sizes = _growth_sizes(arguments.sizes)
    cases = [flat(size, 1) for size in (0, *sizes)]
    costs = tuple(run_case(case, sides, arguments.repeat, place) for case in cases)
    return growth_rows(sizes, costs, cases[0].phases)


def _growth_sizes(sizes: list[int]) -> tuple[int, int]:
    return max(sizes) // 2, max(sizes) * 5


def _parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--peer-python", help="the Python that has cocoindex==1.0.26")
    parser.add_argument("--sizes", type=_sizes, help="numbers of components, multiples of 100 (default 1000,10000)")
    parser.add_argument("--repeat", type=int, help="repetitions, each on fresh stores (default 3)")
    parser.add_argument("--only", nargs="+", choices=KINDS, default=KINDS, help="the kinds of cases to run")
    parser.add_argument("--quick", action="store_true", help="1 000 components, once: about a minute, judges nothing")
    parser.add_argument("--peer-growth", action="store_true", help="measure the peer's growth too (slow)")
    parser.add_argument("--markdown", action="store_true", help="print the tables in Markdown")
    parser.add_argument("--work-dir", help="where stores and files are written (default: the temporary folder)")
    arguments = parser.parse_args()
    arguments.sizes = arguments.sizes or ([1000] if arguments.quick else [1000, 10_000])
    arguments.repeat = arguments.repeat or (1 if arguments.quick else 3)
    return arguments


def _sizes(text: str) -> list[int]:
    sizes = [int(size) for size in text.split(",")]
    if any(size <= 0 or size % 100 for size in sizes):
        raise argparse.ArgumentTypeError("sizes are multiples of 100")
    return sizes


if __name__ == "__main__":
    main()
