"""`cocoindex drop`: remove an app and everything it created. Layer `cli`."""

from __future__ import annotations

import click

from .._runtime.environment import Environment
from .app_choice import load_and_choose
from .app_target import AppTarget, AppTargetType
from .confirm import confirmed, say_what_goes
from .follow import follow, wants_table
from .interruptible import run_interruptibly
from .opened import opened


@click.command()
@click.argument("app_target", type=AppTargetType(), metavar="APP_TARGET")
@click.option("-f", "--force", is_flag=True, help="Do not ask.")
@click.option("-q", "--quiet", is_flag=True, help="Print nothing to the standard output.")
@click.pass_obj
def drop(app_dir: str, app_target: AppTarget, force: bool, quiet: bool) -> None:
    """Drop an app and all its target states.

    Removes what the app created in its targets (tables, rows, files), and its stored state. First shows how much that
    is, and asks. If something cannot be removed, the next drop tries again, and the exit code is 1.

    `APP_TARGET`: see `cocoindex update --help`.
    """
    app = load_and_choose(app_target, app_dir)
    with opened(app.environment) as environment:
        where = f"app {app.name!r} from environment {environment.name!r}"
        if not quiet:
            click.echo(f"Preparing to drop {where} (db path: {environment.settings.db_path})")
        if not _is_stored(app.name, environment):
            message = f"App {app.name!r} has no persisted state. Nothing to drop."
        elif not force and not _confirmed(app.name, environment):
            message = "Drop operation aborted."
        else:
            run_interruptibly(follow(app.drop(), table=wants_table(quiet)))
            message = f"Dropped {where} and reverted its target states."
        if not quiet:
            click.echo(message)


def _confirmed(app: str, environment: Environment) -> bool:
    say_what_goes(app, environment)
    return confirmed(f"drop app {app!r} and all its target states")


def _is_stored(app: str, environment: Environment) -> bool:
    with environment._stored() as database:
        return database is not None and app in database.list_apps()
