"""`cocoindex update`: bring the targets of an app up to date with its sources. Layer `cli`."""

from __future__ import annotations

from typing import Any

import click

from .._app.handles import UpdateHandle
from .._runtime.environment import Environment
from .app_choice import AnyApp, load_and_choose
from .app_target import AppTarget, AppTargetType
from .confirm import confirmed, say_what_goes
from .failed_components import telling_of_failures
from .failure import INCOMPLETE, report
from .follow import follow, wants_table
from .interruptible import run_interruptibly
from .opened import opened


@click.command()
@click.argument("app_target", type=AppTargetType(), metavar="APP_TARGET")
@click.option("-f", "--force", is_flag=True, help="Do not ask before --reset removes anything.")
@click.option("-q", "--quiet", is_flag=True, help="Print nothing to the standard output.")
@click.option("--reset", is_flag=True, help="First drop the app, as `cocoindex drop` does.")
@click.option(
    "--full-reprocess",
    is_flag=True,
    help="Run every component and every memoized function again, even if nothing changed.",
)
@click.option("--preview", is_flag=True, help="Print what would be done, and change nothing.")
@click.option("--strict", is_flag=True, help="Exit with code 3 if a component failed.")
@click.option("-L", "--live", is_flag=True, help="Continue, and apply changes of live sources.")
@click.pass_obj
def update(
    app_dir: str,
    app_target: AppTarget,
    force: bool,
    quiet: bool,
    reset: bool,
    full_reprocess: bool,
    preview: bool,
    strict: bool,
    live: bool,
) -> None:
    """Update the targets of an app from its sources. With --live, continue until Ctrl-C or SIGTERM.

    `APP_TARGET`: `path/to/app.py`, `module`, `path/to/app.py:app_name`, or `module:app_name`. `@environment_name` may
    follow the name.

    Exit code: 0 if the update is done, even if components failed (with --strict, 3 then), which is reported on standard
    error; 1 if the update failed; 2 for wrong usage; 130 after Ctrl-C, 143 after SIGTERM.
    """
    if preview and (reset or live):
        raise click.UsageError("--preview changes nothing: leave out --reset and --live.")
    app = load_and_choose(app_target, app_dir)
    with telling_of_failures(as_they_come=live):
        if preview:
            failed = _preview(app, quiet=quiet, full=full_reprocess)
        else:
            failed = _update(app, ask=reset and not force, quiet=quiet, reset=reset, full=full_reprocess, live=live)
    if failed:
        report(f"{failed} component{'s' * (failed > 1)} of app {app.name!r} failed; the next update tries again")
        if strict:
            raise click.exceptions.Exit(INCOMPLETE)


def _update(app: AnyApp, *, ask: bool, quiet: bool, reset: bool, full: bool, live: bool) -> int:
    """Run the update; return the number of failed components."""
    with opened(app.environment) as environment:
        _say_what_runs(app, environment, quiet)
        if ask:
            say_what_goes(app.name, environment)
        if ask and not confirmed(f"reset app {app.name!r} (drop existing state)"):
            click.echo("Update operation aborted.")
            return 0
        if reset:
            run_interruptibly(app.drop().result())
        table = wants_table(quiet)
        handle = app.update(report_to_stdout=not quiet and not table, full_reprocess=full, live=live)
        run_interruptibly(follow(handle, table=table))
        return _failed(handle)


def _preview(app: AnyApp, *, quiet: bool, full: bool) -> int:
    """Print the actions that an update would take; return the number of failed components."""
    with opened(app.environment) as environment:
        _say_what_runs(app, environment, quiet)
        handle = app.update(preview=True, full_reprocess=full)
        actions = run_interruptibly(handle.result())
        click.echo("Preview: planned target actions")
        for action in actions:
            click.echo(f"  {action!r}")
        if not actions:
            click.echo("  No target actions planned.")
        return _failed(handle)


def _say_what_runs(app: AnyApp, environment: Environment, quiet: bool) -> None:
    if not quiet:
        path = environment.settings.db_path
        click.echo(f"Running app {app.name!r} from environment {environment.name!r} (db path: {path})")


def _failed(handle: UpdateHandle[Any]) -> int:
    stats = handle.stats()
    return stats.total.num_errors if stats else 0
