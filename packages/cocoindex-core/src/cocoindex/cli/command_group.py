"""The `cocoindex` command itself: its options and its subcommands. Layer `cli`."""

from __future__ import annotations

import click

from .drop import drop
from .env_file import load_env_file
from .failure import ReportingGroup
from .init import init
from .ls import ls
from .plugins import plugins
from .show import show
from .update import update


@click.group(cls=ReportingGroup)
@click.version_option(None, "-V", "--version", package_name="cocoindex-core", message="cocoindex version %(version)s")
@click.option(
    "-e",
    "--env-file",
    type=click.Path(exists=True, dir_okay=False),
    help="Take environment variables from this file. By default the first `.env` from the current folder upwards.",
)
@click.option("-d", "--app-dir", default="", help="Load apps from this folder. By default the current one.")
@click.pass_context
def main(ctx: click.Context, env_file: str | None, app_dir: str) -> None:
    """Keep what targets hold in step with what sources hold.

    Exit codes: 0 done, 1 failed, 2 wrong usage, 3 done but for components that failed (`update --strict` only), 130
    interrupted.
    """
    load_env_file(env_file)
    ctx.obj = app_dir


for command in (init, update, drop, ls, show, plugins):
    main.add_command(command)
