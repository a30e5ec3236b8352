"""`cocoindex show`: print the stored state of an app. Layer `cli`."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import NamedTuple

import click

from .._inspect.details import StoredApp
from .._keys import ROOT_PATH, StablePath
from .._store.interface import Database
from .app_choice import load_and_choose
from .app_target import AppTargetType
from .database import reading
from .opened import opened
from .stable_path_argument import stable_path_of, stored_path_of
from .stored_text import path_blocks, path_lines, path_tree, state_lines, state_tree


class Query(NamedTuple):
    """What to show of an app, and how; see the options.

    `text` is STABLE_PATH as typed, `path` the parsed path, and `problem` the reason if it cannot be parsed.
    """

    text: str | None
    path: StablePath | None
    problem: click.BadParameter | None
    tree: bool
    long: bool
    recursive: bool
    parents: bool
    fingerprints: bool
    target_states: bool


@click.command()
@click.argument("app_target", metavar="[APP_TARGET]", required=False)
@click.argument("stable_path", required=False)
@click.option("--db", metavar="PATH", help="Read this database, with --app-name, instead of loading an app.")
@click.option("--app-name", metavar="NAME", help="The app to show from the database --db.")
@click.option("--tree", is_flag=True, help="Show the paths, or the target states, as a tree.")
@click.option("-l", "--long", is_flag=True, help="Show all details of each path, on several lines.")
@click.option("-r", "--recursive", is_flag=True, help="Also show everything below STABLE_PATH.")
@click.option("-p", "--parents", is_flag=True, help="Also show everything above STABLE_PATH.")
@click.option("--fingerprints", is_flag=True, help="Show the paths of target states as hashes instead of keys.")
@click.option("--target-states", is_flag=True, help="List all target states and the components that own them.")
@click.option("--live", is_flag=True, help="Show the progress of the app's live update in another process.")
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
    live: bool,
) -> None:
    """Show the app's stable paths.

    Load the app from `APP_TARGET` (see `cocoindex update --help`), or find it in the database `--db` by `--app-name`,
    without running its code. With STABLE_PATH (such as '/"files"/"a.txt"', or files/a.txt without quotes), show only
    that path.

    \b
    cocoindex show app.py --tree
    cocoindex show app.py '/"files"' -r
    cocoindex show --db ./my.db --app-name MyApp
    cocoindex show app.py --live

    With --live, the exit code is 1 if no live update is running.
    """
    stored = db is not None and app_name is not None
    if stored and app_target is not None and stable_path is None and app_target.startswith("/"):
        app_target, stable_path = None, app_target
    path, problem = None, None
    try:
        path = None if stable_path is None else stable_path_of(stable_path)
    except click.BadParameter as error:  # among the paths that are stored, it may say one all the same
        problem = error
    query = Query(stable_path, path, problem, tree, long, recursive, parents, fingerprints, target_states)
    _check(query, live)
    show = _show_live if live else partial(_show, query=query)
    if app_target is not None:
        if db is not None or app_name is not None:
            click.echo("Warning: --db and --app-name are ignored, as APP_TARGET is given.", err=True)
        target = AppTargetType().convert(app_target, None, click.get_current_context())
        app = load_and_choose(target, app_dir)
        with opened(app.environment) as environment, environment._stored() as database:
            show(database, app.name)
    elif db is not None and app_name is not None:
        with reading(db) as database:
            show(database, app_name)
    else:
        raise click.ClickException("give APP_TARGET, as in `cocoindex show app.py`, or both --db and --app-name.")


def _check(query: Query, live: bool) -> None:
    if live and query != Query(None, None, None, *[False] * 6):
        raise click.ClickException(
            "--live shows a live update, and nothing else: leave out STABLE_PATH and other options."
        )
    if query.text is None and (query.recursive or query.parents):
        raise click.ClickException("-r and -p say what to show around STABLE_PATH: give one.")
    if query.target_states and (query.text is not None or query.long):
        raise click.ClickException("--target-states shows those of the whole app: leave out STABLE_PATH and -l.")


def _show_live(database: Database | None, app_name: str) -> None:
    from .live_status import show_live

    show_live(database, app_name)


def _show(database: Database | None, app_name: str, query: Query) -> None:
    """Print the stored state of the app; remarks go to standard error, so that scripts do not read them."""
    heading = "Target states:" if query.target_states else "Stable paths:"
    apps = [] if database is None else database.list_apps()
    if database is None or app_name not in apps:
        if query.problem is not None:
            raise query.problem
        click.echo(heading)
        known = ", ".join(map(repr, apps)) or "none"
        click.echo(f"Nothing is stored for an app {app_name!r}; apps in this database: {known}", err=True)
        return
    stored = StoredApp(database.open_app(app_name, create=False))
    query = _located(stored, query)
    click.echo(heading)
    for line in _lines(stored, query):
        click.echo(line)


def _located(stored: StoredApp, query: Query) -> Query:
    """Find the stored path for a STABLE_PATH that was typed without quotes and other marks."""
    if query.text is None or (query.path is not None and next(stored.tree.subtree(query.path), None) is not None):
        return query
    found = stored_path_of(query.text, (node.path for node in stored.tree.subtree()))
    if found is not None:
        click.echo(f"Showing {found}", err=True)
        return query._replace(path=found)
    if query.problem is not None:
        raise query.problem
    click.echo(f"Nothing is stored at {query.path}; without a path, all of them are listed", err=True)
    return query


def _lines(stored: StoredApp, query: Query) -> Iterable[str]:
    if query.target_states:
        states = stored.target_states()
        return state_tree(states, query.fingerprints) if query.tree else state_lines(states, query.fingerprints)
    top = ROOT_PATH if query.path is None else query.path
    whole = query.path is None or query.recursive
    nodes = stored.tree.around(top, children=False, recursive=whole, parents=query.parents)
    if query.tree:
        return path_tree(map(stored.info, nodes))
    if query.long or query.path is not None:
        return path_blocks(map(stored.detail, nodes), query.fingerprints)
    return path_lines(map(stored.info, nodes))
