"""`cocoindex show`: what is stored of an app. Layer `cli`."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import NamedTuple

import click

from .._inspect.details import StoredApp
from .._keys import ROOT_PATH, StablePath, parse_stable_path
from ..errors import AppNotFoundError, NothingStoredError, StablePathSyntaxError
from .app_choice import AnyApp, load_and_choose
from .app_target import AppTargetType
from .database import reading
from .opened import opened
from .stored_text import path_blocks, path_lines, path_tree, state_lines, state_tree


class Query(NamedTuple):
    """What of an app is to be shown, and how; see the options."""

    path: StablePath | None
    tree: bool
    long: bool
    recursive: bool
    parents: bool
    fingerprints: bool
    target_states: bool


@click.command()
@click.argument("app_target", metavar="[APP_TARGET]", required=False)
@click.argument("stable_path", required=False)
@click.option("--db", metavar="PATH", help="Look into this database, with --app-name, instead of loading an app.")
@click.option("--app-name", metavar="NAME", help="The app to look at in the database --db.")
@click.option("--tree", is_flag=True, help="Show the paths, or the target states, as a tree.")
@click.option("-l", "--long", is_flag=True, help="Show all that is known of each path, in several lines.")
@click.option("-r", "--recursive", is_flag=True, help="Show all that is below STABLE_PATH too.")
@click.option("-p", "--parents", is_flag=True, help="Show all that is above STABLE_PATH too.")
@click.option("--fingerprints", is_flag=True, help="Show the paths of target states as fingerprints instead of keys.")
@click.option("--target-states", is_flag=True, help="List all target states and the components that own them.")
@click.pass_obj
def show(
    app_dir: str,
    app_target: str | None,
    stable_path: str | None,
    db: str | None,
    app_name: str | None,
    tree: bool,
    long: bool,
    recursive: bool,
    parents: bool,
    fingerprints: bool,
    target_states: bool,
) -> None:
    """Show the app's stable paths.

    The app is loaded from `APP_TARGET` (as for `cocoindex update`), or, without it, looked up by `--app-name` in the
    database `--db`, so that none of its code runs. With STABLE_PATH (such as '/"files"/"a.txt"'), show that path only.

    \b
    cocoindex show app.py --tree
    cocoindex show app.py '/"files"' -r
    cocoindex show --db ./my.db --app-name MyApp
    """
    stored = db is not None and app_name is not None
    if stored and app_target is not None and stable_path is None and app_target.startswith("/"):
        app_target, stable_path = None, app_target
    path = None if stable_path is None else _path(stable_path)
    query = Query(path, tree, long, recursive, parents, fingerprints, target_states)
    _check(query)
    if app_target is not None:
        if db is not None or app_name is not None:
            click.echo("Warning: --db and --app-name are ignored, as APP_TARGET is given.", err=True)
        target = AppTargetType().convert(app_target, None, click.get_current_context())
        asyncio.run(_show_loaded(load_and_choose(target, app_dir), query))
    elif db is not None and app_name is not None:
        with reading(db) as database:
            _print(StoredApp(database.open_app(app_name, create=False)), query)
    else:
        raise click.UsageError("give APP_TARGET, as in `cocoindex show app.py`, or both --db and --app-name.")


def _path(text: str) -> StablePath:
    try:
        return parse_stable_path(text)
    except StablePathSyntaxError as error:
        raise click.BadParameter(str(error), param_hint="STABLE_PATH") from None


def _check(query: Query) -> None:
    if query.target_states and (query.path is not None or query.long or query.recursive or query.parents):
        raise click.UsageError("--target-states shows those of the whole app: leave out STABLE_PATH, -l, -r and -p.")
    if query.path is None and (query.recursive or query.parents):
        raise click.UsageError("-r and -p say what to show around STABLE_PATH: give one.")


async def _show_loaded(app: AnyApp, query: Query) -> None:
    async with opened(app.environment) as environment:
        try:
            store = environment.database().open_app(app.name, create=False)
        except AppNotFoundError:
            click.echo(f"App {app.name!r} has no persisted state.")
            return
        _print(StoredApp(store), query)


def _print(stored: StoredApp, query: Query) -> None:
    lines = _lines(stored, query)
    click.echo("Target states:" if query.target_states else "Stable paths:")
    for line in lines:
        click.echo(line)


def _lines(stored: StoredApp, query: Query) -> Iterable[str]:
    if query.target_states:
        states = stored.target_states()
        return state_tree(states, query.fingerprints) if query.tree else state_lines(states, query.fingerprints)
    top = ROOT_PATH if query.path is None else query.path
    whole = query.path is None or query.recursive
    if query.path is not None and next(stored.tree.subtree(top), None) is None:
        raise NothingStoredError(f"nothing is stored at {top}; `cocoindex show` without a path lists all of them")
    nodes = stored.tree.around(top, children=False, recursive=whole, parents=query.parents)
    if query.tree:
        return path_tree(map(stored.info, nodes))
    if query.long or query.path is not None:
        return path_blocks(map(stored.detail, nodes))
    return path_lines(map(stored.info, nodes))
