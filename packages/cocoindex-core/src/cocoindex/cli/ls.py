"""`cocoindex ls`: list apps, and whether they have run. Layer `cli`."""

from __future__ import annotations

import os

import click

from .._app.registry import registered_apps
from .app_choice import AnyApp
from .app_loader import load_apps
from .app_target import AppTarget, AppTargetType
from .database import reading, shown
from .opened import opened

_NEVER_RUN = "[+]"


@click.command()
@click.argument("app_target", type=AppTargetType(), metavar="[APP_TARGET]", required=False)
@click.option("--db", metavar="PATH", help="List the apps of this database; only without APP_TARGET.")
@click.pass_obj
def ls(app_dir: str, app_target: AppTarget | None, db: str | None) -> None:
    """List all apps.

    With `APP_TARGET` (`path/to/app.py` or `module`): the apps that it defines, by environment, and which of them never
    ran. Without: the apps in the database `--db`, or in the one that the environment variable COCOINDEX_DB names.
    """
    if app_target is not None:
        if db is not None:
            click.echo("Warning: --db is ignored, as APP_TARGET is given.", err=True)
        load_apps(app_target.module, app_dir)
        _list_loaded(app_target.module)
        return
    path = db or os.environ.get("COCOINDEX_DB")
    if not path:
        raise click.ClickException("give APP_TARGET, as in `cocoindex ls app.py`, or --db, or set COCOINDEX_DB.")
    _list_stored(path)


def _list_loaded(module: str) -> None:
    by_environment: dict[object, list[AnyApp]] = {}
    for app in registered_apps():
        by_environment.setdefault(app.environment, []).append(app)
    if not by_environment:
        click.echo(f"No apps are defined in {module!r}.")
        return
    never_run = False
    for number, apps in enumerate(sorted(by_environment.values(), key=lambda apps: apps[0].environment.name)):
        if number:
            click.echo()
        never_run |= _list_environment(apps)
    if never_run:
        click.echo(f"\nNotes:\n  {_NEVER_RUN}: defined, but never run (nothing is stored).")


def _list_environment(apps: list[AnyApp]) -> bool:
    """Print the apps of one environment; return whether any of them has never run."""
    with opened(apps[0].environment) as environment, environment._stored() as database:
        stored = [] if database is None else database.list_apps()
        click.echo(f"{environment.name} ({shown(environment.settings.required_db_path())}):")
        for name in sorted(app.name for app in apps):
            click.echo(f"  {_in_one_line(name)}" + ("" if name in stored else f" {_NEVER_RUN}"))
        return any(app.name not in stored for app in apps)


def _list_stored(path: str) -> None:
    with reading(path) as database:
        names = database.list_apps()
    if not names:
        click.echo("No apps are stored in the database.")
        return
    click.echo(f"{shown(path)}:")
    for name in names:
        click.echo(f"  {_in_one_line(name)}")


def _in_one_line(name: str) -> str:
    return name if name.isprintable() else repr(name)
