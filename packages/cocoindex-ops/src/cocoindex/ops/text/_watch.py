"""Stops a parse that takes too much time or memory, whatever its grammar makes of the text. Ops layer.

What is counted comes first, as it is the same on every machine: steps of the parser, here, and what it reads, in the
reader. A step may go through all that is open, though, so that time is limited, too. It is the time of the processor,
several times what real code takes, and more on a slower machine.

No single step can be stopped, and one may go through the whole text: grammars with ambiguities, as of types and
comparisons, keep all ways to read a chain until it ends or turns out wrong. Then each of its tokens takes more memory
than finished code does. Where that is so, some of the text before is parsed as a trial, as if it ended there, and
again at each doubling.
"""

from __future__ import annotations

import re
import sys
import time
from collections.abc import Callable
from functools import cache
from itertools import islice
from math import inf

_OPERATIONS = 0.1  # steps of about 100 operations for a byte: code takes 0.01 to 0.03, malformed code up to 0.05
_SECONDS = 5e-6  # of the processor for a byte: code takes 0.2 to 0.8 millionths, the slowest that was found 2
_LEAST_SECONDS = 0.1  # what a garbage collection in this thread may take, and small texts hardly do
_EVERY = 8  # steps, of some 20 microseconds each, as reading a clock takes up to 2; each one where they take longer
_LONG = 0.002  # seconds for so many steps

_FIRST_LOOK, _NEXT_LOOK = 32, 1.25  # counting the blocks of a large process takes a millisecond
# Blocks that code leaves for a step: 33 to 65 in most grammars. Chains leave 79 and more, in R 66.
_BLOCKS = 70
_OTHER_BLOCKS = {"r": 60, "fortran": 80, "julia": 77, "kotlin": 77, "ruby": 80, "sql": 100, "xml": 110, "yaml": 110}
_BLOCKS_MORE = 4000
_TRIED = 16 * 1024  # bytes, or a quarter of what was read
_TOKEN = re.compile(rb"\w+|[^\w\s]")
_ENDS = 3  # trials at a place: a chain may end well behind an operand, and badly behind an operator

_LOOPS, _USUAL_SECONDS = 20_000, 0.0004  # of the machine on which the limits were measured, on the slowest Python

Trial = Callable[[bytes, float], bool]
"""Whether a text can be parsed within its limits, and in so many seconds."""


class Watch:
    """The progress callback of one parse.

    Args:
        source: what is parsed.
        grammar: by which grammar.
        trial: parses a part of the source; None in a trial.
        most_seconds: of the processor, if not as many as the source may take by its size.

    Attributes:
        is_over: whether the parse took more than it may.
    """

    def __init__(self, source: bytes, grammar: str, trial: Trial | None, most_seconds: float = inf) -> None:
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
        """Whether the parse took more than it may by now."""
        self._checked_at = time.thread_time()
        self.is_over |= self._steps > self._most_steps or self._checked_at > self._ends_at
        return self.is_over

    def _look(self, offset: int) -> bool:
        """Whether what is open up to `offset` may be parsed further."""
        self._next_look = int(self._steps * _NEXT_LOOK)
        blocks = sys.getallocatedblocks() - self._blocks
        if offset < self._next_trial or blocks < self._blocks_a_step * self._steps + _BLOCKS_MORE:
            return True
        self._next_trial = 2 * offset
        start = max(offset - max(_TRIED, offset // 4), 0)
        ends = [offset, *(token.end() for token in islice(_TOKEN.finditer(self._source, offset), _ENDS - 1))]
        return all(self._try(self._source[start:end]) for end in ends)

    def _try(self, source: bytes) -> bool:
        """Whether a part of the source can be parsed in the time that is left for trials, beside that of the parse."""
        before = time.thread_time()
        is_parsed = self._trial is None or self._trial(source, self._for_trials)
        taken = time.thread_time() - before
        self._for_trials -= taken
        self._ends_at += taken
        return is_parsed


@cache
def _pace() -> float:
    """How many times slower this machine is than the one on which the limits were measured; at least 1."""
    return max(1.0, min(_seconds_of_a_loop() for _ in range(3)) / _USUAL_SECONDS)


def _seconds_of_a_loop() -> float:
    start = time.thread_time()
    for _ in range(_LOOPS):
        pass
    return time.thread_time() - start
