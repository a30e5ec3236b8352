"""Handles to mounted components. Layer: _runtime."""

from __future__ import annotations

from typing import Protocol

from .deadline import check_deadline, current_deadline


class ReadyAwaitable(Protocol):
    """Something that becomes ready."""

    async def ready(self) -> None:
        """Wait until it is ready."""
        ...


class ComponentMountHandle:
    """Lets one wait until mounted components are ready: their target states applied, and all below them too."""

    __slots__ = ("_loop", "_mounted")

    def __init__(self, mounted: ReadyAwaitable) -> None:
        import asyncio

        self._mounted = mounted
        self._loop = asyncio.get_running_loop()

    async def ready(self) -> None:
        """Wait; may be called several times.

        Raises:
            What leaves the outermost exception handler, and nothing else that happened to the components.
            EnvironmentLoopError: (a RuntimeError) this is not the loop that the components run on.
            DeadlineExceededError: (a TimeoutError) the time limit of the caller has passed; the components go on.
        """
        from .operation import refuse_other_loop

        refuse_other_loop(self._loop, "ready()")
        await self._mounted.ready()
        check_deadline(current_deadline(), "ready()")
