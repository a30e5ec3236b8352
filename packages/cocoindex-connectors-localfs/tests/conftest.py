"""A project with folders, whose apps run one after the other on one store."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import cocoindex as coco

SOURCE = coco.ContextKey[Path]("source")
OUTPUT = coco.ContextKey[Path]("output")


class Project:
    """Runs apps, each run in an environment of its own, as a new process would.

    Attributes:
        source, output: what the context keys of these names stand for.
        failures: what failed in the background of the last run.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.source = folder / "source"
        self.output = folder / "output"
        self.source.mkdir()
        self.failures: list[BaseException] = []

    def update(self, main: Callable[..., Any], *args: object, full_reprocess: bool = False) -> coco.ComponentStats:
        """Update the app; returns the numbers of all its components."""

        async def update(app: coco.App[Any, Any]) -> coco.ComponentStats:
            handle = app.update(full_reprocess=full_reprocess)
            await handle
            stats = handle.stats()
            assert stats is not None
            return stats.total

        stats: coco.ComponentStats = asyncio.run(self._in_environment(main, args, update))
        return stats

    def drop(self, main: Callable[..., Any], *args: object) -> None:
        """Drop the app."""

        async def drop(app: coco.App[Any, Any]) -> None:
            await app.drop()

        asyncio.run(self._in_environment(main, args, drop))

    def written(self) -> dict[str, str]:
        """The files of the output folder with their texts."""
        return {
            path.relative_to(self.output).as_posix(): path.read_text()
            for path in self.output.rglob("*")
            if not path.is_dir()
        }

    async def _in_environment(self, main: Callable[..., Any], args: tuple[object, ...], act: Any) -> Any:
        context = coco.ContextProvider()
        context.provide(SOURCE, self.source)
        context.provide(OUTPUT, self.output)
        environment = coco.Environment(
            coco.Settings(db_path=self.folder / "store"),
            context_provider=context,
            exception_handler=lambda error, _: self.failures.append(error),
        )
        self.failures.clear()
        try:
            return await act(coco.App(coco.AppConfig("app", environment=environment), main, *args))
        finally:
            environment.close()


@pytest.fixture
def tmp_path() -> Iterator[Path]:
    """A folder on the disk also where pytest has its own ones in memory, as files in memory are read another way."""
    with tempfile.TemporaryDirectory(prefix="cocoindex-localfs-", ignore_cleanup_errors=True) as folder:
        path = Path(folder).resolve() / "test"  # some tests make folders beside it
        path.mkdir()
        yield path


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A project with an empty source folder and no output folder."""
    return Project(tmp_path)
