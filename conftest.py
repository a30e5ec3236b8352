"""What all tests of this repository run with."""

from __future__ import annotations

import gc
import signal

import pytest

# A shell that starts the tests in the background has them, and the processes that they start, ignore Ctrl-C.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="module")
def little_garbage() -> None:
    """Collect what there is once, and then look no more at what is left: for modules that collect again and again."""
    gc.collect()
    gc.freeze()


def pytest_collection_finish() -> None:
    """Keep what was collected out of each run of the garbage collector, of which some tests ask for many."""
    gc.collect()
    gc.freeze()
