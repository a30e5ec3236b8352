"""What became of a cell. What was skipped or refused has not passed."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from matrix.cells import Cell


class Outcome(StrEnum):
    """How a cell ended."""

    PASSED = "passed"
    FAILED = "failed"
    REFUSED = "refused"
    SKIPPED = "skipped"


@dataclass(frozen=True)
class Result:
    """A cell and what became of it.

    Attributes:
        why: a line, mostly empty for one that passed.
        output: what was printed.
        day: when it ran, as `2026-11-29`; empty for one that was skipped.
    """

    cell: Cell
    outcome: Outcome
    why: str = ""
    output: str = ""
    seconds: float = 0.0
    day: str = ""


class Ended(Exception):
    """A cell ended otherwise than passed.

    Args:
        outcome: how.
        why: in one line.
        output: all that was printed.
    """

    def __init__(self, outcome: Outcome, why: str, output: str = "") -> None:
        super().__init__(why)
        self.outcome, self.why, self.output = outcome, why, output
