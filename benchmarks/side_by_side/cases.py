"""The cases that are measured: which program, in which phases, what it must do in each and how much less it is to cost.

A phase is a process of its own on the store that the phase before it left.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from .files import change_files, make_files, touch_files

# What the targets are set for: a component's share is small against starting Python in anything smaller.
JUDGED_SIZE = 10_000

Prepare = Callable[[Path, int], None]


class Counts(NamedTuple):
    """How often the user's function ran, and the upserts and deletes that reached the target."""

    runs: int = 0
    upserts: int = 0
    deletes: int = 0


@dataclass(frozen=True)
class Phase:
    """One process: its arguments, what it must count, and how many times the peer's CPU is to be ours."""

    name: str
    arguments: tuple[str, ...]
    expected: Counts
    cpu_target: float | None = None
    prepare: Prepare | None = None


@dataclass(frozen=True)
class Case:
    """A program and its phases; `size` is its number of memoized components, each a file where it reads files."""

    name: str
    program: str
    size: int
    phases: tuple[Phase, ...]
    reads_files: bool = False


def one_percent(size: int) -> int:
    """Return how many of `size` have an index that 100 divides: what the programs and files change."""
    return -(-size // 100)


def flat(size: int, states: int) -> Case:
    """`size` components side by side with `states` target states each."""
    changed_states, gone = one_percent(size) * states, size // 100
    left = size - gone

    def phase(name: str, action: str, parts: tuple[int, int], counts: Counts, target: float | None = None) -> Phase:
        return Phase(name, (action, str(size), str(states), *map(str, parts)), counts, target)

    phases = (
        phase("cold", "update", (0, 0), Counts(size, size * states), 10),
        phase("nothing changed", "update", (0, 0), Counts(), 10),
        phase("1 % changed", "update", (1, 0), Counts(one_percent(size), changed_states), 10),
        phase("1 % gone", "update", (1, 1), Counts(0, 0, gone * states)),
        phase("full reprocess", "full", (1, 1), Counts(left, left * states)),
        phase("dropped", "drop", (1, 1), Counts(0, 0, left * states), 4),
    )
    return Case(f"flat, {states} state{'s' * (states > 1)} each", "flat.py", size, phases)


def nested(outer: int, inner: int, leaves: int) -> Case:
    """`outer` components that each mount `inner` that each mount `leaves` with one state each."""
    shape = tuple(map(str, (outer, inner, leaves)))
    size = outer * inner * leaves
    part = outer * inner * one_percent(leaves)
    phases = (
        Phase("cold", ("update", *shape, "0"), Counts(size, size), 6),
        Phase("nothing changed", ("update", *shape, "0"), Counts(), 6),
        Phase("1 % changed", ("update", *shape, "1"), Counts(part, part), 6),
        Phase("dropped", ("drop", *shape, "1"), Counts(0, 0, size), 4),
    )
    return Case(f"nested {outer} × {inner} × {leaves}", "nested.py", size, phases)


def calls(size: int, kind: str) -> Case:
    """`size` calls of a memoized function in one component, with arguments of one kind."""
    phases = (
        Phase("all missed", ("update", str(size), kind), Counts(size), 5),
        Phase("all hit", ("update", str(size), kind), Counts(), 5),
    )
    return Case(f"calls, {kind}", "calls.py", size, phases)


def batched(size: int) -> Case:
    """`size` calls at once of a function that takes them in batches."""
    return Case("batched calls", "batched.py", size, (Phase("called", ("update", str(size)), Counts(size)),))


def folder(size: int) -> Case:
    """`size` small files, read through localfs, with one state each."""
    return Case("folder, read", "folder.py", size, _folder_phases(size, states=1), reads_files=True)


def copied_folder(size: int) -> Case:
    """`size` small files, read through localfs and written to another folder."""
    return Case("folder, copied", "copied_folder.py", size, _folder_phases(size, states=0), reads_files=True)


def _folder_phases(size: int, states: int) -> tuple[Phase, ...]:
    part = one_percent(size)
    return (
        Phase("cold", ("update",), Counts(size, size * states), 8, make_files),
        Phase("nothing changed", ("update",), Counts(), 20),
        Phase("touched", ("update",), Counts(), None, touch_files),
        Phase("1 % changed", ("update",), Counts(part, part * states), None, change_files),
        Phase("dropped", ("drop",), Counts(0, 0, size * states)),
    )
