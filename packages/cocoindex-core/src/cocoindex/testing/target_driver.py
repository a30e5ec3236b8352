"""What the author of a target gives to `TargetSuite`: how his connector is used, and what the target really holds.

Testing kit.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any, ClassVar, Generic, Literal, TypeVar

from .._keys import StableKey
from .._runtime.environment import EnvironmentBuilder

HandleT = TypeVar("HandleT")
ValueT = TypeVar("ValueT")


class TargetDriver(ABC, Generic[HandleT, ValueT]):
    """Drives one connector for `TargetSuite`.

    A *container* is what holds the items (a table, a folder, a bucket); the suite makes up names for containers such as
    `box7`, and never uses one for two purposes.

    Attributes:
        keys: at least four keys that items can have.
        values: three values of an item, no two of them equal.
        on_removal: what becomes of a container that is not declared any more: it goes with all that is in it
            (`destroy`), it stays with all that is in it (`abandon`), or the items go and nothing is known of the
            container itself (`items`).
        refused: a key and a value that the target cannot hold, so that the component that declares it fails; None where
            it holds everything.
        spellings: pairs of keys that are not equal, and that the target calls equal (such as `1.0` and `1.00`, or names
            that differ in case only): they are one item.
        many: how many items the test of many items declares; their keys come from `numbered_key`.
    """

    keys: ClassVar[tuple[StableKey, ...]] = ("a", "b", "c", "d")
    values: ClassVar[tuple[Any, Any, Any]]
    on_removal: ClassVar[Literal["destroy", "abandon", "items"]] = "destroy"
    refused: ClassVar[tuple[StableKey, Any] | None] = None
    spellings: ClassVar[tuple[tuple[Any, Any], ...]] = ()
    many: ClassVar[int] = 300

    async def provide(self, builder: EnvironmentBuilder) -> None:
        """Do what a user's lifespan does before its `yield`: provide connections and the like. Nothing by default.

        It is called once for each update, as a new process would. What `provide_with` and `provide_async_with` open is
        closed after the update.
        """

    @abstractmethod
    async def mount(self, container: str) -> HandleT:
        """Mount the container as a user does in the main function, and return what its items are declared with."""

    @abstractmethod
    def declare(self, handle: HandleT, key: StableKey, value: ValueT) -> None:
        """Declare one item, as a user does in a component; `handle` is what `mount` returned."""

    @abstractmethod
    def contents(self, container: str) -> Mapping[StableKey, ValueT] | None:
        """Return what the container really holds, read without the connector; None where there is no such container."""

    def put_by_hand(self, container: str, key: StableKey, value: ValueT) -> None:
        """Put an item into the container without the connector, as somebody else would; make it where it is missing.

        The tests of what others keep in a container are skipped where a driver does not implement it.
        """
        raise NotImplementedError

    def remove_by_hand(self, container: str) -> None:
        """Remove the container and all that is in it without the connector.

        The tests of containers that were removed by hand are skipped where a driver does not implement it.
        """
        raise NotImplementedError

    def numbered_key(self, number: int) -> StableKey:
        """Return the key of one of many items."""
        return f"key{number}"
