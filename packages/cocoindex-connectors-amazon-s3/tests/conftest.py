"""A bucket on a server of its own, and apps that run on it, one after the other, with one memory."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from botocore.retries.standard import ExponentialBackoff

import cocoindex as coco

from .server import S3Server

S3 = coco.ContextKey[Any]("s3")
_numbers = count()


class Bucket:
    """A bucket, and what runs on it.

    Attributes:
        name: of the bucket.
        client: a boto3 client, which the apps get for the key `S3`.
        failures: what failed in the background of the last run, with the stable path of where.
    """

    def __init__(self, server: S3Server, folder: Path) -> None:
        self.server = server
        self.name = f"bucket-{next(_numbers)}"
        self.client = server.client()
        self.client.create_bucket(Bucket=self.name)
        self.failures: list[tuple[BaseException, str]] = []
        self._folder = folder

    def put(self, **contents: str) -> None:
        """Write objects, `__` for a slash and `_` for a dot in their keys."""
        for key, content in contents.items():
            self.write(key.replace("__", "/").replace("_", "."), content.encode())

    def write(self, key: str, content: bytes = b"content") -> str:
        """Write an object; returns its ETag."""
        etag: str = self.client.put_object(Bucket=self.name, Key=key, Body=content)["ETag"]
        return etag

    def fill(self, contents: Mapping[str, bytes]) -> None:
        """Have the server keep these objects, without a request for each."""
        for key, content in contents.items():
            self.server.stored.put_object(self.name, key, content)

    def contents(self) -> dict[str, str]:
        """All objects, by key."""
        return {key: content.decode() for key, content in self.server.contents(self.name).items()}

    def update(self, main: Callable[..., Any], *args: object, app: str = "app", **options: Any) -> coco.ComponentStats:
        """Update the app; returns the numbers of all its components."""

        async def update(app: coco.App[Any, Any]) -> coco.ComponentStats:
            handle = app.update(**options)
            await handle
            stats = handle.stats()
            assert stats is not None
            return stats.total

        stats: coco.ComponentStats = asyncio.run(self._in_environment(app, main, args, update))
        return stats

    def drop(self, main: Callable[..., Any], *args: object) -> None:
        """Drop the app."""

        async def drop(app: coco.App[Any, Any]) -> None:
            await app.drop()

        asyncio.run(self._in_environment("app", main, args, drop))

    async def _in_environment(self, app: str, main: Callable[..., Any], args: tuple[object, ...], act: Any) -> Any:
        context = coco.ContextProvider()
        context.provide(S3, self.client)
        environment = coco.Environment(
            coco.Settings(db_path=self._folder / "store"),
            context_provider=context,
            exception_handler=lambda error, where: self.failures.append((error, str(where.stable_path))),
        )
        self.failures.clear()
        self.server.forget()
        try:
            return await act(coco.App(coco.AppConfig(app, environment=environment), main, *args))
        finally:
            environment.close()


@pytest.fixture(scope="session", autouse=True)
def no_pauses_between_attempts() -> Iterator[None]:
    """Clients try a request as often as they do elsewhere, and do not wait up to seconds before they try again."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ExponentialBackoff, "delay_amount", lambda self, context: 0.0)
        yield


@pytest.fixture(scope="session")
def started_server() -> Iterator[S3Server]:
    """One server for all tests."""
    server = S3Server()
    yield server
    server.stop()


@pytest.fixture
def server(started_server: S3Server) -> S3Server:
    """The server, with nothing left of the tests before."""
    started_server.forget()
    return started_server


@pytest.fixture
def bucket(server: S3Server, tmp_path: Path) -> Iterator[Bucket]:
    """An empty bucket."""
    made = Bucket(server, tmp_path)
    server.forget()
    yield made
    server.forget()
    made.client.close()
