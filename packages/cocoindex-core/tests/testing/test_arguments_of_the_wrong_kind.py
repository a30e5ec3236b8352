"""The testing kit says what it takes where it is given something else."""

from __future__ import annotations

from typing import Any

import pytest

from cocoindex import testing
from cocoindex.errors import ConnectorKitError, TargetHandlerError, TargetStateError


async def main() -> int:
    return 1


@pytest.mark.parametrize("wrong", [None, 5, main, lambda: main()])
def test_what_runs_in_virtual_time(wrong: Any) -> None:
    with pytest.raises(ConnectorKitError, match=r"run_in_virtual_time\(main\(\)\) takes a coroutine, not"):
        testing.run_in_virtual_time(wrong)
    assert testing.run_in_virtual_time(main()) == 1


@pytest.mark.parametrize("wrong", [5, "rows", [("a", 1)], dict])
def test_the_data_of_a_target(wrong: Any) -> None:
    with pytest.raises(ConnectorKitError, match="data= of a RecordingTarget is a dict, not"):
        testing.RecordingTarget(data=wrong)


@pytest.mark.parametrize("target", [testing.RecordingTarget, testing.RecordingContainers])
def test_names(target: Any) -> None:
    with pytest.raises(TargetHandlerError, match="the name of a root provider is a str, not 5"):
        target(5)
    with pytest.raises(TargetStateError, match="the name of a root provider is empty"):
        target("")
