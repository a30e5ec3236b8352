"""The driver of a target without containers, such as a key-value store. Testing kit."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from typing import Any, ClassVar, Literal, TypeVar

from .._keys import StableKey
from .odd_things import ODD_TEXTS
from .target_driver import TargetDriver

ValueT = TypeVar("ValueT")


class LeafTargetDriver(TargetDriver[str, ValueT]):
    """Drives a target without containers for `TargetSuite`: each item is a target state of its own.

    The suite's containers become parts of the keys: `place` returns the key of an item in the target.
    """

    on_removal: ClassVar[Literal["destroy", "abandon", "items"]] = "items"
    odd_keys: ClassVar[tuple[StableKey, ...]] = ODD_TEXTS

    @abstractmethod
    def declare_item(self, key: StableKey, value: ValueT) -> None:
        """Declare one item, as a user does in a component."""

    @abstractmethod
    def items(self) -> Mapping[Any, ValueT]:
        """Return all items that the target really holds, read without the connector."""

    def place(self, container: str, key: StableKey) -> Any:
        """Return the key of an item in the target; by default a text that begins with the container and `-`."""
        return f"{container}-{key!s}"

    async def mount(self, container: str) -> str:
        return container

    def declare(self, handle: str, key: StableKey, value: ValueT) -> None:
        self.declare_item(self.place(handle, key), value)

    def contents(self, container: str) -> dict[StableKey, ValueT]:
        start = self.place(container, "")
        return {key.removeprefix(start): value for key, value in self.items().items() if key.startswith(start)}
