"""Measures live mode here and with cocoindex 1.0.26, by turns in one run: from a change to the target, and at rest.

    python benchmarks/live.py --peer-python PATH [--repeat 3] [--only KIND ...] [--quick]

PATH is the Python of a virtual environment that has cocoindex==1.0.26; without it, only this project is measured, with
the Python that runs this file. What an update of nothing costs, `run.py` measures. docs/benchmarks.md says more.
Linux only, as it reads /proc.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from side_by_side.compare import OURS, PEER, Row
from side_by_side.live_cases import GOALS, Case, Figures, Goal, beside_slow, burst, idle, latency, memory
from side_by_side.table import print_table

HEADER = ("what", "ours", "peer", "peer / ours", "goal")


def main() -> None:
    arguments = _parse_arguments()
    pythons = {OURS: sys.executable, **({PEER: arguments.peer_python} if arguments.peer_python else {})}
    rows: list[Row] = []
    for kind, cases in _cases(arguments.quick).items():
        if kind in arguments.only:
            for case in cases:
                rows += _rows(_measure(case, pythons, arguments.repeat, arguments.work_dir))
                print(f"{kind}: done", file=sys.stderr)
    print_table(f"Live mode, medians of {arguments.repeat}", HEADER, rows, arguments.markdown)


def _cases(quick: bool) -> dict[str, list[Case]]:
    if quick:
        return {
            "latency": [latency(20)],
            "burst": [burst(50)],
            "idle": [idle(100, 1)],
            "memory": [memory(1000)],
            "beside": [beside_slow(50)],
        }
    return {
        "latency": [latency(300)],
        "burst": [burst(200), burst(2000)],
        "idle": [idle(10_000, 30)],
        "memory": [memory(100_000)],
        "beside": [beside_slow(300)],
    }


def _measure(case: Case, pythons: dict[str, str], repeat: int, work_dir: str | None) -> dict[str, list[Figures]]:
    """Run the case on each side, by turns, each time with a folder and a store of its own."""
    found: dict[str, list[Figures]] = {side: [] for side in pythons}
    for repetition in range(repeat):
        sides = list(pythons) if repetition % 2 == 0 else list(pythons)[::-1]
        for side in sides:
            with tempfile.TemporaryDirectory(dir=work_dir, prefix="live-") as scratch:
                found[side].append(case(pythons[side], Path(scratch).resolve()))
    return found


def _rows(found: dict[str, list[Figures]]) -> list[Row]:
    return [
        _row(name, {side: _median([run[name] for run in runs]) for side, runs in found.items()})
        for name in found[OURS][0]
    ]


def _row(name: str, medians: Figures) -> Row:
    goal = GOALS.get(name, Goal(""))
    ours, peer = medians[OURS], medians.get(PEER)
    ratio = peer / ours if peer is not None and ours > 0 else None
    return (
        name,
        f"{_text(ours)} {goal.unit}".strip(),
        "" if peer is None else f"{_text(peer)} {goal.unit}".strip(),
        "" if ratio is None else _text(ratio),
        " ".join(_verdicts(goal, ours, ratio)),
    )


def _verdicts(goal: Goal, ours: float, ratio: float | None) -> list[str]:
    verdicts = []
    if goal.at_most is not None:
        verdicts.append(f"{'✓' if ours <= goal.at_most else '✗'} (≤ {goal.at_most:g})")
    if goal.times_better is not None and ratio is not None:
        verdicts.append(f"{'✓' if ratio >= goal.times_better else '✗'} (peer / ours ≥ {goal.times_better:g})")
    return verdicts


def _median(values: list[float]) -> float:
    return sorted(values)[(len(values) - 1) // 2]


def _text(value: float) -> str:
    return f"{value:.2f}" if abs(value) < 10 else f"{value:.0f}"


def _parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--peer-python", help="the Python that has cocoindex==1.0.26")
    parser.add_argument("--repeat", type=int, help="repetitions, each on fresh stores (default 3)")
    parser.add_argument("--only", nargs="+", choices=list(_cases(True)), default=list(_cases(True)), help="what to run")
    parser.add_argument("--quick", action="store_true", help="small and once: judges nothing")
    parser.add_argument("--markdown", action="store_true", help="print the table in Markdown")
    parser.add_argument("--work-dir", help="where stores and files are written (default: the temporary folder)")
    arguments = parser.parse_args()
    arguments.repeat = arguments.repeat or (1 if arguments.quick else 3)
    return arguments


if __name__ == "__main__":
    main()
