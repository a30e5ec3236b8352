"""What live sources and live components are: the protocols that users and connectors write to. Layer: _live."""

from __future__ import annotations

from collections.abc import AsyncIterable, AsyncIterator, Callable, Iterable
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

if TYPE_CHECKING:
    from .._runtime.mount_handle import ComponentMountHandle, ReadyAwaitable
    from .._runtime.subpath import ComponentSubpath

K_contra = TypeVar("K_contra", contravariant=True)
V_contra = TypeVar("V_contra", contravariant=True)
M_contra = TypeVar("M_contra", contravariant=True)
K_co = TypeVar("K_co", covariant=True)
V_co = TypeVar("V_co", covariant=True)
M_co = TypeVar("M_co", covariant=True)


class LiveLoop(Protocol):
    """What `process_live(operator)` and `watch(subscriber)` can ask for, besides their own calls.

    All methods are called on the loop of the update, from the `process_live` or `watch` that was given this. After
    that has ended they raise `LiveRangeEndedError`.
    """

    @property
    def live(self) -> bool:
        """Whether the update goes on after `mark_ready()`."""
        ...

    async def mark_ready(self) -> None:
        """Say that what was there at the start has been called; a second call does nothing.

        Whoever mounted the component or feed waits for this, and until all calls made before are applied. In an update
        that is not live this call does not return: the loop ends here, with its `finally` blocks.
        """
        ...

    async def caught_up(self) -> None:
        """Wait until the whole update is ready for the first time; call it after `mark_ready()`."""
        ...

    async def checkpoint(self, value: Any, key: str = "cursor") -> None:
        """Have `value` stored as soon as every call made before is durable, in the same transaction.

        Returns at once. A newer checkpoint of the same key replaces one that waits.

        Args:
            value: where to go on after a restart, such as the offset of a log; any value that can be serialized.
            key: tells several such values of one loop apart.
        """
        ...

    async def read_committed_state(self, key: str) -> Any:
        """The value that is stored for `key`; None where there is none."""
        ...

    async def write_committed_state(self, key: str, value: Any) -> None:
        """Store `value` for `key`; durable when it returns, whatever calls are under way."""
        ...

    def durable(self, callback: Callable[[], Any]) -> None:
        """Call `callback` once all calls made before are durable, in the order in which the callbacks were given.

        For sources that keep the position themselves, such as the acknowledgement of a queue.
        """
        ...

    async def report_exception(self, exc: BaseException) -> None:
        """Tell the exception handlers of a failure in the loop itself, which goes on."""
        ...

    def lag(self, seconds: float) -> None:
        """Say, for the display, how many seconds the source is ahead of what was called."""
        ...

    def note(self, text: str) -> None:
        """Say something for the display, such as that the source is being listed anew."""
        ...


class LiveComponentOperator(LiveLoop, Protocol):
    """How `process_live` of a live component changes the component's children."""

    async def update_full(self) -> None:
        """Run `process()`, apply what it declares, wait for its children and remove those that it did not mount.

        A failure is told to the exception handlers; this raises only what leaves the outermost one. A child that
        `update` or `delete` is called for after this began is left to that call.
        """
        ...

    async def update(
        self, subpath: ComponentSubpath, fn: Callable[..., Any], /, *args: Any, **kwargs: Any
    ) -> ComponentMountHandle:
        """Mount `fn` as the child at `subpath`, in place of what runs or waits there.

        Waits while a full update runs, or too much is under way. Where several calls for one path wait, the last one
        counts.

        Returns:
            A handle whose `ready()` waits until this call, or a later one for the same path, is durable or has failed.

        Raises:
            As `coco.mount()` does for what cannot be mounted; a failure of the child is told to the handlers.
        """
        ...

    async def delete(self, subpath: ComponentSubpath, /) -> ComponentMountHandle:
        """Remove the child at `subpath`, with its target states and all below it; as `update` else."""
        ...


class LiveMapSubscriber(LiveLoop, Protocol[K_contra, V_contra]):
    """What the `watch` of a live map tells of its changes; each key is one child of the component that mounted it."""

    async def update_all(self) -> None:
        """Iterate over the whole map, mount a child for each item, and remove those that are not in it any more.

        Other calls may run beside it: a key that `update` or `delete` is called for after this began is left to that
        call. A map that cannot be iterated over has nothing to scan: then this does nothing.
        """
        ...

    async def update_part(
        self, prefix: str, items: AsyncIterable[tuple[K_contra, V_contra]] | Iterable[tuple[K_contra, V_contra]], /
    ) -> None:
        """Say that `items` are all there is of the keys that are str and begin with `prefix`.

        As `update_all` for just these: a child is mounted for each item, and other children whose keys begin so are
        removed, such as those of a folder that was moved away. A key that is called for after this began is left to
        that call.

        Args:
            prefix: where it has more than some 350 bytes, all of the map is listed instead.
            items: pairs of keys and values; it may have `batches()`, too. One that raises removes nothing.

        Raises:
            InvalidSubpathError: (a ValueError and TypeError) an item has another key; or the prefix is too long, and
                the map cannot be listed.
        """
        ...

    async def remove_others(self) -> None:
        """Iterate over the whole map and remove the children of keys that are not in it; no child runs.

        For a map that has told all its items by `update`, and could not say before which were gone.
        """
        ...

    async def update(self, key: K_contra, value: V_contra) -> ComponentMountHandle:
        """Say that `key` has this value now.

        Waits while too much is under way. Where several calls for one key wait, the last one counts.

        Returns:
            A handle whose `ready()` waits until this call, or a later one for the same key, is durable or has failed.
        """
        ...

    async def delete(self, key: K_contra) -> ComponentMountHandle:
        """Say that `key` is gone; as `update` else."""
        ...

    async def update_many(self, pairs: Iterable[tuple[K_contra, V_contra]]) -> None:
        """As `update` for each pair, in their order."""
        ...


class LiveMapFeed(Protocol[K_co, V_co]):
    """A map of which only changes are told, such as a topic of messages with keys."""

    async def watch(self, subscriber: LiveMapSubscriber[K_co, V_co]) -> None:
        """Tell `subscriber` of all changes, until it is cancelled; one at a time may watch."""
        ...


class LiveMapView(LiveMapFeed[K_co, V_co], Protocol[K_co, V_co]):
    """A map that can be iterated over and tells of its changes, such as a watched folder.

    It may have `batches()` too, which gives lists of pairs asynchronously.
    """

    def __aiter__(self) -> AsyncIterator[tuple[K_co, V_co]]:
        """Its items as they are now."""
        ...


class LiveStreamSubscriber(Protocol[M_contra]):
    """Who takes the messages of a live stream."""

    async def send(self, message: M_contra) -> ReadyAwaitable:
        """Take a message; waits while it cannot. What it gives is ready once the message has been dealt with."""
        ...

    async def mark_ready(self) -> None:
        """Take note that what was there at the start has been sent; returns at once."""
        ...


class LiveStream(Protocol[M_co]):
    """Messages without keys, which a connector makes changes of a map of."""

    async def watch(self, subscriber: LiveStreamSubscriber[M_co]) -> None:
        """Send the messages until it is cancelled; one at a time may watch."""
        ...


class LiveComponent(Protocol):
    """A component that goes on after its first run; `coco.mount()` takes the class and what its `__init__` takes.

    What counts is that the class has both methods.
    """

    async def process(self) -> None:
        """Run as a component: mount the children and declare the target states; what `update_full()` calls."""
        ...

    async def process_live(self, operator: LiveComponentOperator) -> None:
        """Go on for as long as the update does, and call `operator` for what has changed."""
        ...
