"""What all tests of this repository run with."""

from __future__ import annotations

import gc
import signal
from collections.abc import Generator

import pytest

# A shell that starts the tests in the background has them, and the processes that they start, ignore Ctrl-C.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

try:
    import hypothesis
except ImportError:  # a session that has no property tests
    pass
else:
    # How long an example takes, and how quickly values are made, says how busy the machine is, and nothing of the code.
    hypothesis.settings.register_profile(
        "any machine",
        hypothesis.settings.default,
        deadline=None,
        suppress_health_check=[hypothesis.HealthCheck.too_slow],
    )
    hypothesis.settings.load_profile("any machine")


pytest.register_assert_rewrite("sql_tables")


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    """The event loop of tests marked `anyio`: cocoindex runs on asyncio. Old versions of anyio would try trio, too."""
    return "asyncio"


@pytest.fixture(scope="module")
def little_garbage() -> None:
    """Collect what there is once, and then look no more at what is left: for modules that collect again and again."""
    gc.collect()
    gc.freeze()


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Collect tests without the garbage collector, and keep them out of each of its later runs, of which some ask for
    many: what is collected stays."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.collect()
        gc.freeze()
        gc.enable()
