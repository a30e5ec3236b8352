"""Runs one function as an app, on a store of its own."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

import cocoindex as coco


def run_in_app(
    store: Path,
    main: Callable[[], Coroutine[Any, Any, Any]],
    context: Mapping[coco.ContextKey[Any], object] = MappingProxyType({}),
) -> None:
    """Update an app of `main`, once; `context` is what its context keys stand for."""
    provider = coco.ContextProvider()
    for key, value in context.items():
        provider.provide(key, value)

    async def update() -> None:
        environment = coco.Environment(coco.Settings(db_path=store), context_provider=provider)
        try:
            await coco.App(coco.AppConfig("app", environment=environment), main).update()
        finally:
            environment.close()

    asyncio.run(update())
