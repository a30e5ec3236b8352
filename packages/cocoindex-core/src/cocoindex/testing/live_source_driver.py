"""What the author of a live source gives to `LiveSourceSuite`: how the source is changed, and how programs watch it.

Testing kit.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any, ClassVar, Generic, TypeVar

from .._keys import StableKey
from .._live.protocols import LiveMapFeed
from .._runtime.environment import EnvironmentBuilder

ItemT = TypeVar("ItemT")


class LiveSourceDriver(ABC, Generic[ItemT]):
    """Drives one live source for `LiveSourceSuite`: a folder, a table, a topic, empty at first.

    The suite changes the source while a program watches it, and between programs. All methods run on the loop of the
    program. A driver is made for one test.

    Attributes:
        keys: at least four keys that items can have.
        values: three values of an item, no two of them equal.
        many: how many changes the tests of many changes make; their keys come from `numbered_key`.
        remembers: whether a program is told at its start what changed while none ran: by listing the source, or from
            where the last one was.
        disconnects: whether `disconnect` and `reconnect` are implemented.
        patience: seconds after which a change that has not arrived is held to be lost.
    """

    keys: ClassVar[tuple[StableKey, ...]] = ("a", "b", "c", "d")
    values: ClassVar[tuple[Any, Any, Any]] = ("one", "two", "three")
    many: ClassVar[int] = 200
    remembers: ClassVar[bool] = True
    disconnects: ClassVar[bool] = False
    patience: ClassVar[float] = 30.0

    async def provide(self, builder: EnvironmentBuilder) -> None:
        """Do what a user's lifespan does before its `yield`: provide connections and the like. Nothing by default.

        It is called once for each update, as a new process would. What `provide_with` and `provide_async_with` open is
        closed after the update.
        """

    @abstractmethod
    async def source(self) -> LiveMapFeed[Any, ItemT]:
        """Return what a user gives to `coco.mount_each()`; called in the main function of each program."""

    @abstractmethod
    async def read(self, item: ItemT) -> tuple[StableKey, Any]:
        """Return the key and the value of an item, as the function does that is mounted for it."""

    @abstractmethod
    async def put(self, key: StableKey, value: Any) -> None:
        """Have the source hold `value` under `key`, whether or not it held one."""

    @abstractmethod
    async def remove(self, key: StableKey) -> None:
        """Remove an item of the source."""

    async def disconnect(self) -> None:
        """Cut the program off the source, which can be changed meanwhile; what happens there is not told."""
        raise NotImplementedError

    async def reconnect(self) -> None:
        """Let the program reach the source again."""
        raise NotImplementedError

    def numbered_key(self, number: int) -> StableKey:
        """Return the key of one of many items."""
        return f"key{number}"
