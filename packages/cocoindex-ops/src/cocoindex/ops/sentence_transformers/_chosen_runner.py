"""Runs the calls of an embedder on its runner; each embedder has batches of its own. Ops layer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import cocoindex as coco


class ChosenRunner(coco.Runner):
    """Hands each call to the `runner` of the object whose method it is; to `coco.GPU` where that has none."""

    def __init__(self) -> None:
        self._used: dict[int, coco.Runner] = {}

    @property
    def batches_in_flight(self) -> int:  # type: ignore[override]  # those of the runners that are in use
        """As many as the widest runner in use takes: it queues what another one sends it too early."""
        return max((runner.batches_in_flight for runner in [*self._used.values()]), default=1)

    def use(self, runner: coco.Runner | None) -> None:
        """Have `runner` started, where it was not; called before each call."""
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
