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
    """Changes the children of a live component; passed to its `process_live`."""

    async def update_full(self) -> None:
        """Run `process()`, apply what it declares, wait for its children, and remove the children it did not mount.

        A failure goes to the exception handlers; this raises only what leaves the outermost one. A child for which
        `update` or `delete` is called after this began is left to that call.
        """
        ...

    async def update(
        self, subpath: ComponentSubpath, fn: Callable[..., Any], /, *args: Any, **kwargs: Any
    ) -> ComponentMountHandle:
        """Mount `fn` as the child at `subpath`, replacing whatever runs or waits there.

        Waits while a full update runs or too many calls are in flight. If several calls for one path are waiting, the
        last one wins.

        Returns:
            A handle whose `ready()` waits until this call, or a later one for the same path, is durable or has failed.

        Raises:
            As `coco.mount()`; a failure of the child goes to the exception handlers.
        """
        ...

    async def delete(self, subpath: ComponentSubpath, /) -> ComponentMountHandle:
        """Remove the child at `subpath`, with its target states and all below it; otherwise like `update`."""
        ...


class LiveMapSubscriber(LiveLoop, Protocol[K_contra, V_contra]):
    """Receives the changes that `watch` of a live map reports; each key is one child of the mounting component."""

    async def update_all(self) -> None:
        """Iterate over the whole map, mount a child for each item, and remove the children of keys no longer in it.

        Other calls may run concurrently: a key for which `update` or `delete` is called after this began is left to
        that call. If the map cannot be iterated over, this does nothing.
        """
        ...

    async def update_part(
        self, prefix: str, items: AsyncIterable[tuple[K_contra, V_contra]] | Iterable[tuple[K_contra, V_contra]], /
    ) -> None:
        """Report that `items` are all the items whose keys are str and begin with `prefix`.

        Like `update_all`, restricted to these keys: a child is mounted for each item, and the other children with that
        prefix are removed, such as those of a folder that was moved away. A key for which another call is made after
        this began is left to that call.

        Args:
            prefix: if it is longer than about 350 bytes, the whole map is listed instead.
            items: pairs of keys and values; it may have `batches()`, too. If it raises, nothing is removed.

        Raises:
            InvalidSubpathError: (a ValueError and TypeError) an item's key has another prefix; or the prefix is too
                long and the map cannot be listed.
        """
        ...

    async def remove_others(self) -> None:
        """Iterate over the whole map and remove the children of keys not in it; no child runs.

        For a map that has reported all its items by `update`, and only now knows which are gone.
        """
        ...

    async def update(self, key: K_contra, value: V_contra) -> ComponentMountHandle:
        """Report that `key` now has this value.

        Waits while too many calls are in flight. If several calls for one key are waiting, the last one wins.

        Returns:
            A handle whose `ready()` waits until this call, or a later one for the same key, is durable or has failed.
        """
        ...

    async def delete(self, key: K_contra) -> ComponentMountHandle:
        """Report that `key` is gone; otherwise like `update`."""
        ...

    async def update_many(self, pairs: Iterable[tuple[K_contra, V_contra]]) -> None:
        """Call `update` for each pair, in order."""
        ...


class LiveMapFeed(Protocol[K_co, V_co]):
    """A map that only reports changes, such as a topic of messages with keys."""

    async def watch(self, subscriber: LiveMapSubscriber[K_co, V_co]) -> None:
        """Report all changes to `subscriber` until cancelled; only one call may run at a time."""
        ...


class LiveMapView(LiveMapFeed[K_co, V_co], Protocol[K_co, V_co]):
    """A map that can be iterated over and reports its changes, such as a watched folder.

    It may also have `batches()`, an async iterator of lists of pairs.
    """

    def __aiter__(self) -> AsyncIterator[tuple[K_co, V_co]]:
        """Its items as they are now."""
        ...


class LiveStreamSubscriber(Protocol[M_contra]):
    """Receives the messages of a live stream."""

    async def send(self, message: M_contra) -> ReadyAwaitable:
        """Accept a message; waits while the receiver is full. The handle is ready once the message is processed."""
        ...

    async def mark_ready(self) -> None:
        """Signal that everything present at the start has been sent; returns at once."""
        ...


class LiveStream(Protocol[M_co]):
    """A stream of messages without keys, which a connector turns into changes of a map."""

    async def watch(self, subscriber: LiveStreamSubscriber[M_co]) -> None:
        """Send the messages until cancelled; only one call may run at a time."""
        ...


class LiveComponent(Protocol):
    """A component that continues after its first run; pass the class and its `__init__` arguments to `coco.mount()`.

    Any class that has both methods counts as one.
    """

    async def process(self) -> None:
        """Mount the children and declare the target states, as a component; `update_full()` calls it."""
        ...

    async def process_live(self, operator: LiveComponentOperator) -> None:
        """Run as long as the update does, and call `operator` for each change."""
        ...
