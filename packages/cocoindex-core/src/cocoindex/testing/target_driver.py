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
        connector: the name of the connector in reports, such as its module.
        suite_version: the minor version of cocoindex-core for which the driver was written, such as `0.2`. Checks that
            are newer warn for a while where they fail; those of this version and older ones fail.
        odd_keys: keys that are unusual. Each is either held, apart from all others, or refused, with an error.
        odd_values: values that are unusual. Each is either held as it is, or refused, with an error.
        foreign_containers: what `mount` does with a container that somebody else made: it fills it (`fill`), or fails
            (`refuse`).
        foreign_items: what becomes of an item that somebody else put into a container of the app, and that the app
            declares: its component fails (`refuse`), or it is the app's from then on (`take`).
        told_apart: whether the connector notices, of a container of somebody else, that another one has taken its place
            that is just like it.
        changes: the schema changes that `mount_changed` knows, with what each does to the items that are there:
            None where they stay, `lossy` or `destructive` as in `TargetReconcileOutput.child_invalidation`.
        attachments: two different definitions of an attachment, where containers have such.
        transactional: whether a call of the sink of items that fails has done nothing.
        shared: whether several apps may keep items in one container.
        patience: seconds after which an update that has not ended counts as hanging.
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

    def make_by_hand(self, container: str) -> None:
        """Make an empty container without the connector, as somebody else would, fit for what `mount` declares."""
        raise NotImplementedError

    async def mount_of_user(self, container: str) -> HandleT:
        """Like `mount`, for a container that the user makes and removes (`managed_by="user"`)."""
        raise NotImplementedError

    async def mount_adopted(self, container: str) -> HandleT:
        """Like `mount`, for a container that is used where it is there, whoever made it, and else made."""
        raise NotImplementedError

    async def mount_changed(self, container: str, change: str) -> HandleT:
        """Like `mount`, with the schema changed as one of `changes` says; `declare` and `contents` work with all."""
        raise NotImplementedError

    def attach(self, handle: HandleT, name: str, definition: Any) -> None:
        """Declare an attachment of the container, defined as one of `attachments` is."""
        raise NotImplementedError

    def attached(self, container: str) -> Mapping[str, Any]:
        """Return the definitions of the attachments that the container really has, by their names."""
        raise NotImplementedError

    def go_away(self) -> None:
        """Make the target unavailable for reading and writing, as if it were down or locked, until `come_back`."""
        raise NotImplementedError

    def come_back(self) -> None:
        """Undo `go_away`."""
        raise NotImplementedError

    def numbered_key(self, number: int) -> StableKey:
        """Return the key of one of many items."""
        return f"key{number}"
