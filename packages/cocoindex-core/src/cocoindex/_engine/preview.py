"""Preview of an update: records the actions, on a store that discards all writes. Layer: _engine."""

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
    """Replaces the sinks: records the actions and reports them as applied.

    Attributes:
        actions: all actions in order, except those that only tell the sink of a container what is removed with it
            (`is_part_of_another`).
        error: why the remaining actions are unknown; None if all are known.
    """

    def __init__(self) -> None:
        self.actions: list[Any] = []
        self.error: PreviewError | None = None

    async def apply(
        self, context: ContextProvider, sink: TargetActionSink[Any], shares: Shares
    ) -> dict[Unit, BaseException]:
        """Record the actions of some units; return the units whose children are unknown, with the exception."""
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
    """Resolve the handlers of the containers' children, although the containers do not exist."""
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
    """Return a copy-on-write view of an app's store that discards the writes. The app may not have run yet."""
    try:
        stored: AppStore | None = None if database is None else database.open_app(app, create=False)
    except AppNotFoundError:
        stored = None
    return OverlayStore(stored or MemoryDatabase().open_app(app))
