"""`SourceDriver`: written by the author of a source for `SourceSuite`. Testing kit."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any, ClassVar, Generic, TypeVar

from .._keys import StableKey
from .._runtime.environment import EnvironmentBuilder

ItemT = TypeVar("ItemT")


class SourceDriver(ABC, Generic[ItemT]):
    """Drives one source for `SourceSuite`: a folder, a table, a bucket. The source is empty at first.

    The suite changes the source between programs that read it, and while one reads it. All methods run on the event
    loop of the program. Each test gets a new driver.

    Attributes:
        keys: at least four keys that items can have.
        values: three different values of an item.
        connector: the name of the connector in reports, such as its module.
        suite_version: the minor version of cocoindex-core for which the driver was written, such as `0.2`. Failures of
            checks that are newer are only warnings for a while.
        by_content: whether an item that is written again with its current value counts as unchanged.
        large: the number of items in the test of many items.
    """

    keys: ClassVar[tuple[StableKey, ...]] = ("a", "b", "c", "d")
    values: ClassVar[tuple[Any, Any, Any]] = ("one", "two", "three")
    connector: ClassVar[str] = ""
    suite_version: ClassVar[str] = "0.1"
    by_content: ClassVar[bool] = True
    large: ClassVar[int] = 100_000

    async def provide(self, builder: EnvironmentBuilder) -> None:
        """Do what a user's lifespan does before its `yield`, such as providing connections. The default does nothing.

        It is called once for each update, as in a new process. What `provide_with` and `provide_async_with` open is
        closed after the update.
        """

    @abstractmethod
    async def source(self) -> Any:
        """Return what a user passes to `coco.mount_each()`; called in the main function of each program."""

    @abstractmethod
    async def read(self, item: ItemT) -> tuple[StableKey, Any]:
        """Return the key and the value of an item, as the function that a user mounts for it would read them."""

    @abstractmethod
    async def put(self, key: StableKey, value: Any) -> None:
        """Set the item `key` of the source to `value`, whether or not it exists."""

    @abstractmethod
    async def remove(self, key: StableKey) -> None:
        """Remove an item of the source."""

    async def put_alike(self, key: StableKey, value: Any) -> None:
        """Change an existing item like `put`, but keep its size and its modification time.

        If the values are texts, `value` is the old one with another last character; otherwise it is another one of
        `values`.
        """
        raise NotImplementedError

    async def break_listing(self) -> None:
        """Let listings of the source fail, after some of its items or before the first, until `mend_listing`."""
        raise NotImplementedError

    async def mend_listing(self) -> None:
        """Undo `break_listing`."""
        raise NotImplementedError

    async def fill(self, count: int) -> None:
        """Add `count` items with any keys and values; must be fast."""
        raise NotImplementedError

    def numbered_key(self, number: int) -> StableKey:
        """Return the key with this number, for tests of many items."""
        return f"key{number}"
