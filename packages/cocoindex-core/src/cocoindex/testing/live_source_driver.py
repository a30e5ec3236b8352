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
    """Drives one live source for `LiveSourceSuite`: a folder, a table, a topic, empty at first.

    The suite changes the source while a program watches it, and between programs. If a program gets all items of the
    source at its start, the driver can serve `SourceSuite`, too.

    Attributes:
        many: how many changes the tests of many changes make; their keys come from `numbered_key`.
        remembers: whether a program is told at its start what changed while none ran: by listing the source, or from
            where the last one was.
        disconnects: whether `disconnect` and `reconnect` are implemented.
        patience: seconds after which a change that has not arrived counts as lost.
    """

    many: ClassVar[int] = 200
    remembers: ClassVar[bool] = True
    disconnects: ClassVar[bool] = False
    patience: ClassVar[float] = 30.0

    @abstractmethod
    async def source(self) -> LiveMapFeed[Any, ItemT]:
        """Return what a user gives to `coco.mount_each()`; called in the main function of each program."""

    async def disconnect(self) -> None:
        """Disconnect the program from the source, which can still be changed; changes are not reported meanwhile."""
        raise NotImplementedError

    async def reconnect(self) -> None:
        """Reconnect the program to the source."""
        raise NotImplementedError
