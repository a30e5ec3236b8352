"""Runs the calls of an embedder on its own runner; each embedder has its own batches. Ops layer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import cocoindex as coco


class ChosenRunner(coco.Runner):
    """Passes each method call to the `runner` of the method's object; to `coco.GPU` if that is None."""

    def __init__(self) -> None:
        self._used: dict[int, coco.Runner] = {}

    @property
    def batches_in_flight(self) -> int:  # type: ignore[override]  # depends on the runners in use
        """The maximum of the runners in use; a runner with a lower limit queues the additional batches."""
        return max((runner.batches_in_flight for runner in [*self._used.values()]), default=1)

    def use(self, runner: coco.Runner | None) -> None:
        """Start `runner` if it is not started yet; called before each call."""
        if runner is not None and id(runner) not in self._used:
            self._used[id(runner)] = runner
            runner.start()

    def stop(self) -> None:
        """Stop the runners that were started."""
        used, self._used = self._used, {}
        for runner in used.values():
            runner.stop()

    async def execute(
        self, fn: Callable[..., Any], args: tuple[Any, ...], kwargs: Mapping[str, Any], *, deadline: float | None = None
    ) -> Any:
        """See `coco.Runner.execute`."""
        runner: coco.Runner = args[0].runner or coco.GPU
        return await runner.execute(fn, args, kwargs, deadline=deadline)
