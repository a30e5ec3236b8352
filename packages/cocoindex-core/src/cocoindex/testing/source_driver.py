"""`SourceDriver`: written by the author of a source for `SourceSuite`. Testing kit."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any, ClassVar, Generic, TypeVar

from .._keys import StableKey
from .._runtime.environment import EnvironmentBuilder

ItemT = TypeVar("ItemT")


class SourceDriver(ABC, Generic[ItemT]):
    """Drives one source for `SourceSuite`: a folder, a table, a bucket, empty at first.

    The suite changes the source between programs that read it, and while one does. All methods run on the loop of the
    program. A driver is made for one test.

    Attributes:
        keys: at least four keys that items can have.
        values: three values of an item, no two of them equal.
        connector: the name of the connector in reports, such as its module.
        suite_version: the minor version of cocoindex-core for which the driver was written, such as `0.2`. Checks that
            are newer warn for a while where they fail; those of this version and older ones fail.
        by_content: whether an item that is written again with the value that it has already counts as unchanged.
        large: how many items the test of many items reads.
    """

    keys: ClassVar[tuple[StableKey, ...]] = ("a", "b", "c", "d")
    values: ClassVar[tuple[Any, Any, Any]] = ("one", "two", "three")
    connector: ClassVar[str] = ""
    suite_version: ClassVar[str] = "0.1"
    by_content: ClassVar[bool] = True
    large: ClassVar[int] = 100_000

    async def provide(self, builder: EnvironmentBuilder) -> None:
        """Do what a user's lifespan does before its `yield`: provide connections and the like. Nothing by default.

        It is called once for each update, as a new process would. What `provide_with` and `provide_async_with` open is
        closed after the update.
        """

    @abstractmethod
    async def source(self) -> Any:
        """Return what a user gives to `coco.mount_each()`; called in the main function of each program."""

    @abstractmethod
    async def read(self, item: ItemT) -> tuple[StableKey, Any]:
        """Return the key and the value of an item, as the function does that is mounted for it."""

    @abstractmethod
    async def put(self, key: StableKey, value: Any) -> None:
        """Set the item `key` of the source to `value`, whether or not it exists."""

    @abstractmethod
    async def remove(self, key: StableKey) -> None:
        """Remove an item of the source."""

    async def put_alike(self, key: StableKey, value: Any) -> None:
        """Like `put` for an item that is there, and have it look as before: of the same size and time of change.

        `value` is the old one with its last character replaced, where values are texts, else another of `values`.
        """
        raise NotImplementedError

    async def break_listing(self) -> None:
        """Have the source fail after it has given some of its items, or before the first, until `mend_listing`."""
        raise NotImplementedError

    async def mend_listing(self) -> None:
        """Undo `break_listing`."""
        raise NotImplementedError

    async def fill(self, count: int) -> None:
        """Add this many items with any keys and values, quickly."""
        raise NotImplementedError

    def numbered_key(self, number: int) -> StableKey:
        """Return the key of one of many items."""
        return f"key{number}"
