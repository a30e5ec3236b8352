"""`LiveSourceDriver`: written by the author of a live source for `LiveSourceSuite`.

Testing kit.
"""

from __future__ import annotations

from abc import abstractmethod
from typing import Any, ClassVar, TypeVar

from .._live.protocols import LiveMapFeed
from .source_driver import SourceDriver

ItemT = TypeVar("ItemT")


class LiveSourceDriver(SourceDriver[ItemT]):
    """Drives one live source for `LiveSourceSuite`: a folder, a table, a topic. The source is empty at first.

    The suite changes the source while a program watches it, and between programs. If a program gets all items of the
    source when it starts, the driver can also be used for `SourceSuite`.

    Attributes:
        many: the number of changes in tests of many changes; their keys come from `numbered_key`.
        remembers: whether a program learns at its start what changed while no program ran: by listing the source, or by
            continuing where the last program stopped.
        disconnects: whether `disconnect` and `reconnect` are implemented.
        patience: the number of seconds after which a change that has not arrived counts as lost.
    """

    many: ClassVar[int] = 200
    remembers: ClassVar[bool] = True
    disconnects: ClassVar[bool] = False
    patience: ClassVar[float] = 30.0

    @abstractmethod
    async def source(self) -> LiveMapFeed[Any, ItemT]:
        """Return what a user passes to `coco.mount_each()`; called in the main function of each program."""

    async def disconnect(self) -> None:
        """Disconnect the program from the source. The source can still be changed; the program is not told."""
        raise NotImplementedError

    async def reconnect(self) -> None:
        """Reconnect the program to the source."""
        raise NotImplementedError
