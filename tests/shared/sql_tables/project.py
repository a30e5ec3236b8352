"""A project: runs apps on one store and one database, each run in an environment of its own, as a new process would."""

from __future__ import annotations

import asyncio
import shutil
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, AbstractContextManager, asynccontextmanager
from pathlib import Path
from typing import Any, ClassVar

import cocoindex as coco

from .kind import KINDS, Kind

__all__ = ["Project"]


class Project(ABC):
    """Runs apps; a connector's tests derive their own.

    Attributes:
        kind: the name of the connector.
        db: the key of the database.
        failures: what failed in the background of the last run.
    """

    kind: ClassVar[str]
    db: ClassVar[coco.ContextKey[Any]] = coco.ContextKey[Any]("target_db")

    def __init__(self, store: Path) -> None:
        self.store = store
        self.failures: list[BaseException] = []
        self._provided: list[tuple[coco.ContextKey[Any], Any]] = []

    @property
    def sql(self) -> Kind:
        """What is special to the connector."""
        return KINDS[self.kind]

    def provide(self, key: coco.ContextKey[Any], value: object) -> None:
        """Have the components of later runs find `value` under `key`."""
        self._provided.append((key, value))

    def update(
        self, main: Callable[..., Any], *args: object, app: str = "app", full_reprocess: bool = False
    ) -> coco.ComponentStats:
        """Update the app; returns the numbers of all its components."""

        async def update(app: coco.App[Any, Any]) -> coco.ComponentStats:
            handle = app.update(full_reprocess=full_reprocess)
            await handle
            stats = handle.stats()
            assert stats is not None
            return stats.total

        stats: coco.ComponentStats = asyncio.run(self.in_environment(app, main, args, update))
        return stats

    def preview(self, main: Callable[..., Any], *args: object) -> list[Any]:
        """The actions that an update would take."""

        async def preview(app: coco.App[Any, Any]) -> list[Any]:
            return await app.update(preview=True)

        found: list[Any] = asyncio.run(self.in_environment("app", main, args, preview))
        return found

    def drop(self, main: Callable[..., Any], *args: object, app: str = "app") -> None:
        """Drop the app."""

        async def drop(app: coco.App[Any, Any]) -> None:
            await app.drop()

        asyncio.run(self.in_environment(app, main, args, drop))

    def lose_store(self) -> None:
        """Remove all that is remembered of the apps."""
        shutil.rmtree(self.store)

    @property
    def ids(self) -> list[Any]:
        """The ids in the table `docs`, in order."""
        return [id for (id,) in self.query("SELECT id FROM docs ORDER BY id")]

    def tables(self) -> set[str]:
        """The names of all tables."""
        return {name for (name,) in self.query(self.sql.tables)}

    @property
    def is_there(self) -> bool:
        """Whether there is a table `docs`."""
        return bool(self.query(self.sql.is_there))

    @abstractmethod
    def query(self, sql: str, *parameters: object) -> list[Any]:
        """All rows of a query."""

    @abstractmethod
    def run(self, *statements: str) -> None:
        """Do to the database what somebody else might."""

    @abstractmethod
    def writes_nothing(self, main: Callable[..., Any], *args: object, app: str = "app") -> bool:
        """Update the app; whether that left the table `docs` as it was without writing to it."""

    @abstractmethod
    def opened(self) -> AbstractAsyncContextManager[list[tuple[coco.ContextKey[Any], Any]]]:
        """What one run has provided for the database."""

    @abstractmethod
    def elsewhere(self) -> AbstractContextManager[Project]:
        """The same project, with the same store, on another database that is new."""

    @abstractmethod
    def beside(self, store: Path) -> Project:
        """Another project on the same database."""

    @abstractmethod
    def also_under(self, key: coco.ContextKey[Any]) -> None:
        """Provide the database under this key, too."""

    @property
    @abstractmethod
    def place(self) -> str:
        """What messages call the database."""

    async def in_environment(self, name: str, main: Callable[..., Any], args: tuple[object, ...], act: Any) -> Any:
        """Do `act` with the app, in an environment that is closed at the end."""
        self.failures.clear()
        async with self.opened() as database, self._environment([*database, *self._provided]) as environment:
            return await act(coco.App(coco.AppConfig(name, environment=environment), main, *args))

    @asynccontextmanager
    async def _environment(self, provided: list[tuple[coco.ContextKey[Any], Any]]) -> AsyncIterator[coco.Environment]:
        context = coco.ContextProvider()
        for key, value in provided:
            context.provide(key, value)
        environment = coco.Environment(
            coco.Settings(db_path=self.store),
            context_provider=context,
            exception_handler=lambda error, _: self.failures.append(error),
        )
        try:
            yield environment
        finally:
            environment.close()
