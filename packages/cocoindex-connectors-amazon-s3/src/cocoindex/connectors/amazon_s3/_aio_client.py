"""Wraps a client of aiobotocore, so that it has the methods of a boto3 client that this connector calls.

Connector layer. Threads call these methods, which run on the event loop of the client.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Iterator
from typing import Any, TypeVar

T = TypeVar("T")
_USE = (
    "a client of aiobotocore works while it is open, on the event loop on which it was opened: open it in the lifespan"
)


class AioClient:
    """Lets threads use a client of aiobotocore.

    Args:
        raw: the client of aiobotocore.
    """

    __slots__ = ("_loop", "raw")

    def __init__(self, raw: Any) -> None:
        self.raw = raw
        self._loop: asyncio.AbstractEventLoop | None = None

    @property
    def meta(self) -> Any:
        return self.raw.meta

    def bind(self, loop: asyncio.AbstractEventLoop) -> None:
        """Set the event loop that runs the calls; it must not be blocked while a thread waits for a call."""
        self._loop = loop

    def head_object(self, **arguments: Any) -> Any:
        return self._wait(self.raw.head_object(**arguments))

    def put_object(self, **arguments: Any) -> Any:
        return self._wait(self.raw.put_object(**arguments))

    def delete_objects(self, **arguments: Any) -> Any:
        return self._wait(self.raw.delete_objects(**arguments))

    def get_object(self, **arguments: Any) -> Any:
        response = self._wait(self.raw.get_object(**arguments))
        return response | {"Body": _Body(self, response["Body"])}

    def get_paginator(self, name: str) -> _Paginator:
        return _Paginator(self, self.raw.get_paginator(name))

    def _wait(self, call: Coroutine[Any, Any, T]) -> T:
        assert self._loop is not None
        try:
            return asyncio.run_coroutine_threadsafe(call, self._loop).result()
        except Exception as error:
            if type(error).__module__.partition(".")[0] == "aiohttp":  # which this package does not depend on
                raise ConnectionError(str(error) or type(error).__name__) from error
            if type(error).__name__ == "HTTPClientError":  # but not its subclasses
                raise ConnectionError(f"{error}; {_USE}") from error
            raise


class _Body:
    """The content of an object, in chunks."""

    __slots__ = ("_client", "_stream")

    def __init__(self, client: AioClient, stream: Any) -> None:
        self._client = client
        self._stream = stream

    def iter_chunks(self, size: int = 1024 * 1024) -> Iterator[bytes]:
        try:
            while piece := self._client._wait(self._stream.read(size)):
                yield piece
        finally:
            self._stream.close()


class _Paginator:
    """The pages of a listing."""

    __slots__ = ("_client", "_paginator")

    def __init__(self, client: AioClient, paginator: Any) -> None:
        self._client = client
        self._paginator = paginator

    def paginate(self, **arguments: Any) -> Iterator[dict[str, Any]]:
        pages = aiter(self._paginator.paginate(**arguments))
        while (page := self._client._wait(_next(pages))) is not None:
            yield page


async def _next(pages: Any) -> dict[str, Any] | None:
    return await anext(pages, None)
