"""The subscriber interface that a watched directory requires.

Connector layer.
"""

from __future__ import annotations

from typing import Protocol

from .._file import File


class Subscriber(Protocol):
    """The required methods of a `LiveMapSubscriber`; others are optional, and looked up before use."""

    async def update_all(self) -> None: ...
    async def mark_ready(self) -> None: ...
    async def update(self, key: str, value: File, /) -> object: ...
    async def delete(self, key: str, /) -> object: ...
    async def report_exception(self, exc: BaseException, /) -> None: ...
