"""Stops a parse that takes too much time or memory, with any grammar and text. Ops layer.

The first limits are counts, which are the same on every machine: the steps of the parser (here), and the bytes that it
reads (in the reader). But one step may process all open constructs, so CPU time is limited, too: to several times the
time that real code takes, and to more on a slower machine.

A single step cannot be interrupted, and one may go through the whole text: grammars with ambiguities, for example
between types and comparisons, keep all interpretations of a chain until it ends or turns out wrong. Then each token
takes more memory than in complete code. If memory use shows this, a part of the text so far is parsed as a trial, as if
the text ended there; and again each time the offset has doubled. As this does not show how the parse ends at the end of
the text, a text that can also be parsed in parts is parsed in small ones then.
"""

from __future__ import annotations

import re
import sys
import time
from collections.abc import Callable
from functools import cache
from itertools import islice
from math import inf

_OPERATIONS = 0.1  # steps (of about 100 operations) per byte: code takes 0.01 to 0.03, malformed code up to 0.05
_SECONDS = 5e-6  # CPU seconds per byte: code takes 0.2 to 0.8 microseconds, the slowest found takes 2
_LEAST_SECONDS = 0.1  # enough for a garbage collection in this thread; small texts take much less
_EVERY = 8  # steps (of about 20 microseconds) between two checks, as reading the clock takes up to 2 microseconds
_LONG = 0.002  # seconds; if the steps between two checks took longer, the clock is checked at each step

# The step of the first check of memory, and the factor to the next: in a large process, a check takes a millisecond.
_FIRST_LOOK, _NEXT_LOOK = 32, 1.25
# Allocated memory blocks per step: 33 to 65 in most grammars for real code; 79 and more for chains (66 in R).
_BLOCKS = 70
_OTHER_BLOCKS = {"r": 60, "fortran": 80, "julia": 77, "kotlin": 77, "ruby": 80, "sql": 100, "xml": 110, "yaml": 110}
_BLOCKS_MORE = 4000
_TRIED = 16 * 1024  # minimum size of a trial in bytes; it is a quarter of the text so far if that is more
_TOKEN = re.compile(rb"\w+|[^\w\s]")
_ENDS = 3  # trials at one place: a chain may be complete after an operand, but not after an operator

_LOOPS, _USUAL_SECONDS = 20_000, 0.0004  # measured with the slowest Python on the machine where the limits were set

Trial = Callable[[bytes, float], bool]
"""Says whether a text can be parsed within its limits and within this number of seconds."""


class Watch:
    """The progress callback of one parse.

    Args:
        source: the text to parse.
        grammar: the grammar.
        trial: parses a part of the source; None in a trial.
        most_seconds: limit of CPU time, if it is less than the limit by the size of the source.
        most_in_doubt: limit of bytes, if memory use shows that interpretations are kept.

    Attributes:
        is_over: whether the parse exceeded a limit.
    """

    def __init__(
        self,
        source: bytes,
        grammar: str,
        trial: Trial | None,
        most_seconds: float = inf,
        most_in_doubt: int = sys.maxsize,
    ) -> None:
        self._source = source
        self._trial = trial
        self._steps = 0
        self._most_steps = 1000 + _OPERATIONS * len(source)
        seconds = min(_pace() * (_LEAST_SECONDS + _SECONDS * len(source)), most_seconds)
        self._checked_at = time.thread_time()
        self._ends_at = self._checked_at + seconds
        self._for_trials = seconds / 2
        self._next_check = _EVERY
        self._blocks = sys.getallocatedblocks()
        self._blocks_a_step = _OTHER_BLOCKS.get(grammar, _BLOCKS)
        self._next_look = _FIRST_LOOK if trial else sys.maxsize
        self._next_trial = 0  # byte of the source
        self._most_in_doubt = most_in_doubt
        self.is_over = False

    def __call__(self, offset: int, _has_error: bool) -> bool:
        self._steps += 1
        if self._steps >= self._next_check:
            if self._steps >= self._next_look and not self._look(offset):
                self.is_over = True
            before = self._checked_at
            self.check()
            self._next_check = self._steps + (1 if self._checked_at - before > _LONG else _EVERY)
        return self.is_over

    def check(self) -> bool:
        """Check the limits; return whether the parse exceeded one."""
        self._checked_at = time.thread_time()
        self.is_over |= self._steps > self._most_steps or self._checked_at > self._ends_at
        return self.is_over

    def _look(self, offset: int) -> bool:
        """Check memory, and run trials if needed; return whether the parse may continue after `offset`."""
        self._next_look = int(self._steps * _NEXT_LOOK)
        blocks = sys.getallocatedblocks() - self._blocks
        if offset < self._next_trial or blocks < self._blocks_a_step * self._steps + _BLOCKS_MORE:
            return True
        if offset > self._most_in_doubt:
            return False
        self._next_trial = 2 * offset
        start = max(offset - max(_TRIED, offset // 4), 0)
        ends = [offset, *(token.end() for token in islice(_TOKEN.finditer(self._source, offset), _ENDS - 1))]
        return all(self._try(self._source[start:end]) for end in ends)

    def _try(self, source: bytes) -> bool:
        """Say whether a part of the source can be parsed in the time for trials, which is extra time for the parse."""
        before = time.thread_time()
        is_parsed = self._trial is None or self._trial(source, self._for_trials)
        taken = time.thread_time() - before
        self._for_trials -= taken
        self._ends_at += taken
        return is_parsed


@cache
def _pace() -> float:
    """Return how many times slower this machine is than the one where the limits were measured; at least 1."""
    return max(1.0, min(_seconds_of_a_loop() for _ in range(3)) / _USUAL_SECONDS)


def _seconds_of_a_loop() -> float:
    start = time.thread_time()
    for _ in range(_LOOPS):
        pass
    return time.thread_time() - start
