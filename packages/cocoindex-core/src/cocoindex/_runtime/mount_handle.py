"""Handles to mounted components. Layer: _runtime."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .deadline import check_deadline, current_deadline

if TYPE_CHECKING:
    from typing import Protocol

    class ReadyAwaitable(Protocol):
        """Something that becomes ready."""

        async def ready(self) -> None:
            """Wait until it is ready."""
            ...


class ComponentMountHandle:
    """Handle to wait until mounted components are ready: their target states, and all below them, are applied."""

    __slots__ = ("_loop", "_mounted")

    def __init__(self, mounted: ReadyAwaitable) -> None:
        import asyncio

        self._mounted = mounted
        self._loop = asyncio.get_running_loop()

    async def ready(self) -> None:
        """Wait until the components are ready; may be called several times.

        Raises:
            What leaves the outermost exception handler; other failures of the components are not raised here.
            EnvironmentLoopError: (a RuntimeError) this is not the event loop that the components run on.
            DeadlineExceededError: (a TimeoutError) the caller's time limit has passed; the components continue.
        """
        from .cancellation import leave_where_cancelled
        from .operation import refuse_other_loop

        leave_where_cancelled()
        refuse_other_loop(self._loop, "ready()")
        mounted = self._mounted.ready()
        del self  # to which the traceback would refer
        await mounted
        check_deadline(current_deadline(), "ready()")
