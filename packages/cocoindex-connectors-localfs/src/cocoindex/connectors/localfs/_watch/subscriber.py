"""The interface of subscribers that a walked directory requires.

Connector layer.
"""

from __future__ import annotations

from typing import Protocol

from .._file import File


class Subscriber(Protocol):
    """The part of `LiveMapSubscriber` that is always there; what is used besides is asked for before."""

    async def update_all(self) -> None: ...
    async def mark_ready(self) -> None: ...
    async def update(self, key: str, value: File, /) -> object: ...
    async def delete(self, key: str, /) -> object: ...
    async def report_exception(self, exc: BaseException, /) -> None: ...
