"""What a live update does after its first complete run, and after each round. Layer: _engine."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .._runtime.log import WARNING, log
from .lost_containers import LostContainers
from .mount_call import MountCall
from .root_again import RootAgain
from .stored_record import path_of

if TYPE_CHECKING:
    import asyncio

    from .._function.processor import Processor
    from .component import Component
    from .run import Run

_PATIENCE_SECONDS = 1.0


class LiveCourse:
    """Runs the root again if only that reaches what must run, and does after rounds what other updates do at their end.

    Attributes:
        root_again: decides when the root runs once more.
        lost_containers: the containers that sinks reported as gone.
    """

    def __init__(self, run: Run) -> None:
        self.root_again = RootAgain(run.loop)
        self.lost_containers = LostContainers(run)
        self._run = run
        self._telling: asyncio.TimerHandle | None = None

    async def follow(
        self, root: Component, main: Processor, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> Component:
        """Run the root again whenever only that reaches what must run, until all ranges have ended.

        Returns:
            The last successful run of the root.
        """
        run = self._run
        while await self.root_again.due(run.roll):
            call = MountCall(run, None, main, kwargs, board=run.board, handlers=run.handlers, kind="process_live")
            run.deps.forget()
            before = list(run.roll)
            again = await run.run_root(call, args)
            error = again.outcome.error
            well = error is None and self.lost_containers.root_made_all_anew()
            self.root_again.went(well=well, error=error, before=before, roll=run.roll)
            if error is None:
                root = again
        return root

    def after_round(self) -> None:
        """Do what other updates do at their end."""
        run = self._run
        run.deps.trim()
        if run.facts.deps_are_many():
            run.look_for_deps()
        for marked in run.rerun.take():
            listed = run.roll.run_again(marked)
            if listed:
                continue
            component = next(iter(marked))
            is_lost = self.lost_containers.has_to_make(component, by_root=listed is None)
            if listed is None:
                self.root_again.wanted()
            elif not is_lost:
                log(
                    WARNING,
                    f"component {path_of(run.reading(), component)} has to run again, as it now owns a target state "
                    "that it declares, but no live source can list it; it runs when its source reports it again. Until "
                    "then the target keeps the value of the component that owned it before",
                )
        if run.ownership.has_conflicts and self._telling is None:
            self._telling = run.loop.call_later(_PATIENCE_SECONDS, self._tell_conflicts)

    def _tell_conflicts(self) -> None:
        self._telling = None
        self._run.ownership.tell_conflicts(self._run.reading())

    def close(self) -> None:
        """Stop."""
        if self._telling is not None:
            self._telling.cancel()
        self.root_again.close()
