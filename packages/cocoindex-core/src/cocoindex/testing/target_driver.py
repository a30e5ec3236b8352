"""`TargetDriver`: written by the author of a target for `TargetSuite`.

Testing kit.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any, ClassVar, Generic, Literal, TypeVar

from .._keys import StableKey
from .._runtime.environment import EnvironmentBuilder
from .odd_things import ODD_KEYS

HandleT = TypeVar("HandleT")
ValueT = TypeVar("ValueT")


class TargetDriver(ABC, Generic[HandleT, ValueT]):
    """Drives one connector for `TargetSuite`.

    A *container* holds items: a table, a folder, a bucket. The suite chooses the names of containers, such as `box7`,
    and never uses a name for two purposes.

    Attributes:
        keys: at least four keys that items can have.
        values: three different values of an item.
        on_removal: what happens to a container that is no longer declared: it is removed with its items (`destroy`), it
            stays with its items (`abandon`), or its items are removed and the container is not tracked (`items`).
        refused: a key and a value that the target cannot store, so that the component which declares it fails; None if
            the target can store everything.
        spellings: pairs of different keys that the target considers equal, such as `1.0` and `1.00`, or names that
            differ only in case; each pair is one item.
        many: the number of items in the test of many items; their keys come from `numbered_key`.
        connector: the name of the connector in reports, such as its module.
        suite_version: the minor version of cocoindex-core for which the driver was written, such as `0.2`. Failures of
            checks that are newer are only warnings for a while.
        odd_keys: unusual keys. Each must be stored as a separate item, or refused with an error.
        odd_values: unusual values. Each must be stored unchanged, or refused with an error.
        foreign_containers: what `mount` does with a container that others created: it uses it (`fill`), or fails
            (`refuse`).
        foreign_items: what happens if the app declares an item that others put into its container: the component fails
            (`refuse`), or the item becomes the app's (`take`).
        told_apart: whether the connector notices that a container of others was replaced by an identical one.
        changes: the schema changes that `mount_changed` accepts, each with its effect on existing items: None if they
            stay, or `lossy` or `destructive` as in `TargetReconcileOutput.child_invalidation`.
        attachments: two different definitions of an attachment, if containers can have attachments.
        transactional: whether a failed call of the sink of items leaves the target unchanged.
        shared: whether several apps can keep items in one container.
        patience: the number of seconds after which an update counts as hanging.
    """

    keys: ClassVar[tuple[StableKey, ...]] = ("a", "b", "c", "d")
    values: ClassVar[tuple[Any, Any, Any]]
    on_removal: ClassVar[Literal["destroy", "abandon", "items"]] = "destroy"
    refused: ClassVar[tuple[StableKey, Any] | None] = None
    spellings: ClassVar[tuple[tuple[Any, Any], ...]] = ()
    many: ClassVar[int] = 300
    connector: ClassVar[str] = ""
    suite_version: ClassVar[str] = "0.1"
    odd_keys: ClassVar[tuple[StableKey, ...]] = ODD_KEYS
    odd_values: ClassVar[tuple[Any, ...]] = ()
    foreign_containers: ClassVar[Literal["fill", "refuse"]] = "fill"
    foreign_items: ClassVar[Literal["refuse", "take"]] = "refuse"
    told_apart: ClassVar[bool] = False
    changes: ClassVar[tuple[tuple[str, Literal["lossy", "destructive"] | None], ...]] = ()
    attachments: ClassVar[tuple[Any, ...]] = ()
    transactional: ClassVar[bool] = False
    shared: ClassVar[bool] = False
    patience: ClassVar[float] = 60.0

    async def provide(self, builder: EnvironmentBuilder) -> None:
        """Do what a user's lifespan does before its `yield`, such as providing connections. The default does nothing.

        It is called once for each update, as in a new process. What `provide_with` and `provide_async_with` open is
        closed after the update.
        """

    @abstractmethod
    async def mount(self, container: str) -> HandleT:
        """Mount the container as a user does in the main function, and return the handle for declaring its items."""

    @abstractmethod
    def declare(self, handle: HandleT, key: StableKey, value: ValueT) -> None:
        """Declare one item, as a user does in a component; `handle` is the result of `mount`."""

    @abstractmethod
    def contents(self, container: str) -> Mapping[StableKey, ValueT] | None:
        """Return what the container really holds, read without the connector; None if the container does not exist."""

    def put_by_hand(self, container: str, key: StableKey, value: ValueT) -> None:
        """Put an item into the container without the connector, as others would; create a missing container.

        If a driver does not define it, the tests of items of others are skipped.
        """
        raise NotImplementedError

    def remove_by_hand(self, container: str) -> None:
        """Remove the container and its items without the connector.

        If a driver does not define it, the tests of containers removed by others are skipped.
        """
        raise NotImplementedError

    def make_by_hand(self, container: str) -> None:
        """Create an empty container without the connector, as others would, with the schema that `mount` declares."""
        raise NotImplementedError

    async def mount_of_user(self, container: str) -> HandleT:
        """Like `mount`, for a container that the user creates and removes (`managed_by="user"`)."""
        raise NotImplementedError

    async def mount_adopted(self, container: str) -> HandleT:
        """Like `mount`, for a container that is used if it exists, whoever created it, and created if it does not."""
        raise NotImplementedError

    async def mount_changed(self, container: str, change: str) -> HandleT:
        """Like `mount`, with one of the schema `changes`; `declare` and `contents` must work with every schema."""
        raise NotImplementedError

    def attach(self, handle: HandleT, name: str, definition: Any) -> None:
        """Declare an attachment of the container; `definition` is one of `attachments`."""
        raise NotImplementedError

    def attached(self, container: str) -> Mapping[str, Any]:
        """Return the definitions of the attachments that the container really has, by name."""
        raise NotImplementedError

    def go_away(self) -> None:
        """Make the target unavailable for reading and writing, as if it were down or locked, until `come_back`."""
        raise NotImplementedError

    def come_back(self) -> None:
        """Undo `go_away`."""
        raise NotImplementedError

    def numbered_key(self, number: int) -> StableKey:
        """Return the key with this number, for tests of many items."""
        return f"key{number}"
