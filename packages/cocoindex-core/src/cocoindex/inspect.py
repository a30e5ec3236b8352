"""Look at what is stored of an app: its components, what they track, and which target states are whose.

Read-only: it never blocks an update and is never blocked by one; of what an update writes meanwhile, it sees each
component as it was before or as it is after (of one with very many target states, each of these). An app that was never
updated has nothing to see, and nothing is made for it. Functions whose name ends in `_by_name` take an environment and
the name of the app instead of the app.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from itertools import islice
from typing import Any, TypeAlias, TypeVar

from cocoindex._shown import shown

from ._app.app import App
from ._inspect.details import ProviderGeneration as ProviderGeneration
from ._inspect.details import StablePathDetail as StablePathDetail
from ._inspect.details import StablePathInfo as StablePathInfo
from ._inspect.details import StablePathNodeType as StablePathNodeType
from ._inspect.details import StoredApp
from ._inspect.details import TargetStateEntry as TargetStateEntry
from ._inspect.details import TargetStateSummary as TargetStateSummary
from ._inspect.details import TargetStateVersion as TargetStateVersion
from ._keys import StablePath
from ._runtime.blocking import run_blocking
from ._runtime.environment import Environment
from ._runtime.lazy_environment import LazyEnvironment
from ._store.app_name import check_app_name
from .errors import AppNotFoundError, InspectArgumentError

_AnyEnvironment: TypeAlias = Environment | LazyEnvironment

T = TypeVar("T")

# A hop to a thread is paid once for so many items.
_CHUNK = 512


def iter_stable_paths(app: App[..., Any]) -> AsyncIterator[StablePathInfo]:
    """Iterate over all paths, parents first."""
    return iter_stable_paths_by_name(*_place_of(app))


def iter_stable_paths_by_name(env: _AnyEnvironment, app_name: str) -> AsyncIterator[StablePathInfo]:
    """Iterate over all paths of the app `app_name`, parents first."""
    return _streamed(env, app_name, lambda stored: map(stored.info, stored.tree.subtree()))


def iter_stable_path_details(app: App[..., Any]) -> AsyncIterator[StablePathDetail]:
    """Iterate over what the store holds for each path."""
    return iter_stable_path_details_by_name(*_place_of(app))


def iter_stable_path_details_by_name(env: _AnyEnvironment, app_name: str) -> AsyncIterator[StablePathDetail]:
    """Iterate over what the store holds for each path of the app `app_name`."""
    return _streamed(env, app_name, lambda stored: map(stored.detail, stored.tree.subtree()))


def iter_target_states(app: App[..., Any]) -> AsyncIterator[TargetStateEntry]:
    """Iterate over all target states, with the components that own them, in the order of the components' paths."""
    return iter_target_states_by_name(*_place_of(app))


def iter_target_states_by_name(env: _AnyEnvironment, app_name: str) -> AsyncIterator[TargetStateEntry]:
    """Iterate over all target states of the app `app_name`."""
    return _streamed(env, app_name, StoredApp.target_states)


async def get_stable_path_detail(app: App[..., Any], path: StablePath) -> StablePathDetail:
    """Return what the store holds for `path`; an empty directory if nothing."""
    return await get_stable_path_detail_by_name(*_place_of(app), path)


async def get_stable_path_detail_by_name(env: _AnyEnvironment, app_name: str, path: StablePath) -> StablePathDetail:
    """Return what the store holds for `path` of the app `app_name`; an empty directory if nothing."""
    return (await query_stable_path_details_by_name(env, app_name, path))[0]


async def query_stable_path_details(
    app: App[..., Any],
    path: StablePath,
    include_children: bool = False,
    recursive: bool = False,
    include_parents: bool = False,
) -> list[StablePathDetail]:
    """Return what the store holds for `path` and around it, parents first.

    If the store holds nothing for `path` itself, it is an empty directory.

    Args:
        include_children: also include direct children.
        recursive: also include all descendants.
        include_parents: also include all ancestors.
    """
    return await query_stable_path_details_by_name(*_place_of(app), path, include_children, recursive, include_parents)


async def query_stable_path_details_by_name(
    env: _AnyEnvironment,
    app_name: str,
    path: StablePath,
    include_children: bool = False,
    recursive: bool = False,
    include_parents: bool = False,
) -> list[StablePathDetail]:
    """Like `query_stable_path_details`, for the app `app_name` of an environment."""
    if not isinstance(path, StablePath):
        raise InspectArgumentError(
            f"a path of an app is a coco.StablePath, such as coco.ROOT_PATH / 'files' / 'a.txt', not {shown(path)}"
        )

    flags = {"include_children": include_children, "recursive": recursive, "include_parents": include_parents}
    for name, value in flags.items():
        if not isinstance(value, bool):
            raise InspectArgumentError(f"{name} is True or False, not {shown(value)}")

    def query(stored: StoredApp) -> Iterator[StablePathDetail]:
        return map(stored.detail, stored.tree.around(path, include_children, recursive, include_parents))

    found = [detail async for detail in _streamed(env, app_name, query)]
    return found or [StablePathDetail(path, StablePathNodeType.directory)]


async def list_stable_paths(app: App[..., Any]) -> list[StablePath]:
    """Return all paths, parents first."""
    return [info.path async for info in iter_stable_paths(app)]


def list_stable_paths_sync(app: App[..., Any]) -> list[StablePath]:
    """Return all paths; for synchronous code."""
    return [info.path for info in list_stable_paths_info_sync(app)]


def list_stable_paths_info_sync(app: App[..., Any]) -> list[StablePathInfo]:
    """Return all paths with their kinds; for synchronous code."""

    async def collect() -> list[StablePathInfo]:
        return [info async for info in iter_stable_paths(app)]

    return run_blocking(
        collect(),
        blocking="cocoindex.inspect.list_stable_paths_info_sync()",
        awaited="cocoindex.inspect.list_stable_paths()",
    )


def _place_of(app: App[..., Any]) -> tuple[_AnyEnvironment, str]:
    if not isinstance(app, App):
        raise InspectArgumentError(
            f"cocoindex.inspect takes a coco.App, not {shown(app)}; for the name of an app, there are the "
            "functions whose "
            "name ends in _by_name"
        )
    return app.environment, app.name


def _streamed(env: _AnyEnvironment, app_name: str, read: Callable[[StoredApp], Iterable[T]]) -> AsyncIterator[T]:
    """What `read` gives, read in a thread, a chunk at a time; nothing where the app was never updated."""
    if not isinstance(env, _AnyEnvironment):
        raise InspectArgumentError(
            f"an environment is a coco.Environment, or what coco.default_env() gives, not {shown(env)}"
        )
    return _chunks(env, app_name, read)


async def _chunks(env: _AnyEnvironment, app_name: str, read: Callable[[StoredApp], Iterable[T]]) -> AsyncIterator[T]:
    check_app_name(app_name)
    started = await env._ready()
    with started._stored() as database:
        if database is None:
            return
        try:
            store = database.open_app(app_name, create=False)
        except AppNotFoundError:
            return
        items = await asyncio.to_thread(lambda: iter(read(StoredApp(store))))
        while chunk := await asyncio.to_thread(lambda: list(islice(items, _CHUNK))):
            for item in chunk:
                yield item
