"""`SingleWatcherGuard` lets one at a time in, and the next one when the first is out, however that came."""

from __future__ import annotations

from typing import Any

import pytest

from cocoindex.connectorkits import SingleWatcherGuard
from cocoindex.errors import AlreadyWatchedError, ConnectorKitError


def test_a_second_one_is_refused_while_the_first_is_in() -> None:
    guard = SingleWatcherGuard("Feed")
    with guard, pytest.raises(AlreadyWatchedError, match="Feed is being watched already"), guard:
        pytest.fail("two are in")


def test_the_refused_one_does_not_free_it() -> None:
    guard = SingleWatcherGuard("Feed")
    with guard:
        for _ in range(2):
            with pytest.raises(RuntimeError), guard:
                pytest.fail("two are in")


@pytest.mark.parametrize("error", [ValueError(), KeyboardInterrupt(), GeneratorExit()])
def test_it_is_free_after_each_way_out(error: BaseException) -> None:
    guard = SingleWatcherGuard("Feed")
    with pytest.raises(type(error)), guard:
        raise error
    with guard:
        pass


def test_the_label_is_a_name() -> None:
    wrong: Any = 1
    with pytest.raises(ConnectorKitError, match="the name of the feed, a str, not 1"):
        SingleWatcherGuard(wrong)
