"""Fingerprints common values with this project and with cocoindex 1.0.26, by turns, and prints what each costs.

    python benchmarks/fingerprints.py --peer-python PATH [--rounds 5]

PATH is the Python of a virtual environment that has cocoindex==1.0.26. Each round is a process of its own on each side;
a figure is the median of the CPU of one `memo_fingerprint(value)`.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

# How much more than the peer's a fingerprint may cost.
FLAT_LIMIT = 1.0
NESTED_LIMIT = 5.0
SECONDS_A_VALUE = 0.1


@dataclass(frozen=True)
class Person:
    name: str
    age: int


def values() -> Iterator[tuple[str, Any, float]]:
    """What is fingerprinted: its name, the value, and how many times the peer's CPU ours may be."""
    yield "int", 12345, FLAT_LIMIT
    yield "float", 0.25, FLAT_LIMIT
    yield "None", None, FLAT_LIMIT
    yield "str of 20 characters", "a text of 20 letters", FLAT_LIMIT
    yield "str of 4 kB", "text" * 1024, FLAT_LIMIT
    yield "bytes of 1 kB", bytes(1024), FLAT_LIMIT
    yield "bytes of 1 MB", bytes(1 << 20), FLAT_LIMIT
    yield "list of 100 ints", list(range(100)), FLAT_LIMIT
    yield "list of 100 str", [f"word{n}" for n in range(100)], FLAT_LIMIT
    yield "tuple of int, str, bytes", (1, "two", b"three"), NESTED_LIMIT
    yield "dict of 10 int", {f"key{n}": n for n in range(10)}, NESTED_LIMIT
    yield "dict of lists and dicts", {"id": 1, "tags": ["a", "b"], "owner": {"name": "x", "age": 3}}, NESTED_LIMIT
    yield "list of 100 tuples", [(n, str(n)) for n in range(100)], NESTED_LIMIT
    yield "dataclass", Person("somebody", 42), NESTED_LIMIT


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--peer-python", help="the Python that has cocoindex==1.0.26")
    parser.add_argument("--rounds", type=int, default=5, help="how often each measurement is made")
    parser.add_argument("--worker", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.worker:
        print(json.dumps([_cost(value) for _, value, _ in values()]))
        return
    pythons = {"ours": sys.executable, **({"peer": arguments.peer_python} if arguments.peer_python else {})}
    costs: dict[str, list[list[float]]] = {side: [] for side in pythons}
    for _ in range(arguments.rounds):
        for side, python in pythons.items():
            costs[side].append(_run(python))
    _print(costs)


def _run(python: str) -> list[float]:
    environment = {**os.environ, "COCOINDEX_DISABLE_USAGE_TRACKING": "1"}
    done = subprocess.run(
        [python, __file__, "--worker"], env=environment, stdout=subprocess.PIPE, check=True, text=True
    )
    costs: list[float] = json.loads(done.stdout)
    return costs


def _cost(value: Any) -> float:
    """The CPU of one fingerprint, in µs."""
    import cocoindex as coco

    coco.memo_fingerprint(value)
    calls, spent = 0, 0.0
    while spent < SECONDS_A_VALUE:
        start = time.process_time()
        for _ in range(100):
            coco.memo_fingerprint(value)
        spent += time.process_time() - start
        calls += 100
    return 1e6 * spent / calls


def _print(costs: dict[str, list[list[float]]]) -> None:
    medians = {
        side: [statistics.median(of_value) for of_value in zip(*runs, strict=True)] for side, runs in costs.items()
    }
    print("| value | ours, µs | peer, µs | ours / peer |", "| --- | --- | --- | --- |", sep="\n")
    for index, (name, _, limit) in enumerate(values()):
        ours = medians["ours"][index]
        peer = medians["peer"][index] if "peer" in medians else None
        verdict = "" if peer is None else f"{ours / peer:.2f} {'✓' if ours <= peer * limit else '✗'} (≤ {limit:g})"
        print(f"| {name} | {ours:.2f} | {'' if peer is None else f'{peer:.2f}'} | {verdict} |")


if __name__ == "__main__":
    main()
