"""`SingleWatcherGuard`: allows one watcher of a live feed at a time.

Layer: connectorkits.
"""

from __future__ import annotations

from cocoindex._shown import shown

from ..errors import AlreadyWatchedError, ConnectorKitError


class SingleWatcherGuard:
    """Refuses a second `watch()` of a feed while one is running; use it in a `with` around the body of `watch()`.

    For feeds whose resource, such as a subscription or a watched folder, cannot serve two watchers. Create one guard
    per feed, in `__init__`. After the block the feed can be watched again. All calls must be made on one event loop.

    Args:
        label: the name of the feed in the error, such as the name of its class.

    Raises, on entering:
        AlreadyWatchedError: (a RuntimeError) the feed is already being watched.
    """

    __slots__ = ("_label", "_watched")

    def __init__(self, label: str) -> None:
        if not isinstance(label, str):
            raise ConnectorKitError(f"SingleWatcherGuard() takes the name of the feed, a str, not {shown(label)}")
        self._label = label
        self._watched = False

    def __enter__(self) -> None:
        if self._watched:
            raise AlreadyWatchedError(
                f"{self._label} is being watched already, and a feed serves one watch() at a time: mount it once, or "
                "make another feed for each place that consumes it"
            )
        self._watched = True

    def __exit__(self, *exc: object) -> None:
        self._watched = False
