"""What an update would do: takes its actions down, over a store that keeps no write. Layer: _engine."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .._store.memory_store import MemoryDatabase
from .._store.overlay_store import OverlayStore
from ..errors import AppNotFoundError, PreviewError

if TYPE_CHECKING:
    from .._runtime.context import ContextProvider
    from .._store.interface import AppStore, Database
    from .._target.sink import TargetActionSink
    from .apply import Shares
    from .plan import Share
    from .unit import Unit


class Preview:
    """Takes the place of applying: notes the actions, and says that they were applied.

    Attributes:
        actions: all of them, in the order in which they would be taken; but for those that only tell the sink of a
            container what goes with it (`is_part_of_another`).
        error: why it is not known what else would be done; None where it is.
    """

    def __init__(self) -> None:
        self.actions: list[Any] = []
        self.error: PreviewError | None = None

    async def apply(
        self, context: ContextProvider, sink: TargetActionSink[Any], shares: Shares
    ) -> dict[Unit, BaseException]:
        """Note the actions of some units; returns those whose children cannot be known, with the exception."""
        failed: dict[Unit, BaseException] = {}
        for unit, share in shares:
            try:
                self.actions += [each for each in share[0] if not getattr(each, "is_part_of_another", False)]
                _resolve_children(context, sink, share)
            except PreviewError as error:
                self.error = failed[unit] = error
            except Exception as error:
                failed[unit] = error
        return failed


def _resolve_children(context: ContextProvider, sink: TargetActionSink[Any], share: Share) -> None:
    """Have the containers' children handled, without the containers being there."""
    for action, child in zip(*share, strict=True):
        if child is None:
            continue
        if sink._child_handler is None:
            raise PreviewError(
                f"the content of the container {child.path} cannot be previewed, as its sink only returns the handler "
                "for it when it applies; build the sink with coco.TargetActionSink.from_fn(..., child_handler=...)"
            )
        child._resolve(sink._child_handler(context, action))


def scratch_store(database: Database | None, app: str) -> AppStore:
    """Return what is stored of an app, with room for writes that are forgotten; it may not have run yet."""
    try:
        stored: AppStore | None = None if database is None else database.open_app(app, create=False)
    except AppNotFoundError:
        stored = None
    return OverlayStore(stored or MemoryDatabase().open_app(app))
