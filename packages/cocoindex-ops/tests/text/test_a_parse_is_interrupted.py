"""An exception of a signal that comes during a parse arrives as it is, and changes nothing for the next text."""

from __future__ import annotations

import signal
from collections.abc import Iterator

import pytest

from cocoindex.ops.text import RecursiveSplitter

LONG = "def f(a, b):\n    return [x for x in (a, b) if x]\n" * 4000
OTHER = "class K:\n    x = 1\n\n    def f(self):\n        return 1\n\n\ndef g():\n    return 2\n"


class Stop(BaseException):
    pass


@pytest.fixture
def stopping() -> Iterator[None]:
    def stop(*_: object) -> None:
        raise Stop

    before = signal.signal(signal.SIGALRM, stop)
    yield
    signal.setitimer(signal.ITIMER_REAL, 0)
    signal.signal(signal.SIGALRM, before)


def pieces(splitter: RecursiveSplitter) -> list[str]:
    return [chunk.text for chunk in splitter.split(OTHER, 60, language="python")]


def test_it_leaves_nothing_behind(stopping: None) -> None:
    expected = pieces(RecursiveSplitter())
    splitter = RecursiveSplitter()
    splitter.split("x = 1\n", 60, language="python")  # loads the grammar
    stopped = 0
    for number in range(50):
        try:
            signal.setitimer(signal.ITIMER_REAL, 0.0005 + 0.0002 * number)
            splitter.split(LONG, 2000, language="python")
            signal.setitimer(signal.ITIMER_REAL, 0)
        except Stop:
            stopped += 1
        assert pieces(splitter) == expected
    assert stopped
