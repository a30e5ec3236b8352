"""The `cocoindex` command itself: its options and its subcommands. Layer `cli`."""

from __future__ import annotations

from importlib import import_module
from typing import Final

import click

from .env_file import load_env_file
from .failure import ReportingGroup

# Each command is a function in a module of the same name, imported only when the command is used.
_COMMANDS: Final = ("drop", "init", "ls", "plugins", "show", "update")


class CommandGroup(ReportingGroup):
    """The subcommands."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Without arguments, show the help and exit as for wrong usage; older versions of click report success."""
        if not args and not ctx.resilient_parsing:
            click.echo(ctx.get_help(), err=True)
            ctx.exit(2)
        return super().parse_args(ctx, args)

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of the commands."""
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return the command of this name; None if there is none."""
        if cmd_name not in _COMMANDS:
            return None
        command: click.Command = getattr(import_module(f".{cmd_name}", __package__), cmd_name)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command that was typed; if there is none, say which may be meant."""
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            raise click.UsageError(f"{error.message} {_advice(args[0])}", ctx) from None


def _advice(typed: str) -> str:
    from difflib import get_close_matches  # most commands are typed right

    if typed.endswith(".py"):
        return f"To update the app in a file, write `cocoindex update {typed}`."
    similar = get_close_matches(typed, _COMMANDS, n=1)
    return f"Did you mean {similar[0]!r}?" if similar else f"The commands are {', '.join(_COMMANDS)}."


@click.group(cls=CommandGroup)
@click.version_option(None, "-V", "--version", package_name="cocoindex-core", message="cocoindex version %(version)s")
@click.option(
    "-e",
    "--env-file",
    type=click.Path(exists=True, dir_okay=False),
    help="Read environment variables from this file. Default: the first `.env` in the current folder or above it.",
)
@click.option("-d", "--app-dir", default="", help="Load apps from this folder. Default: the current one.")
@click.pass_context
def main(ctx: click.Context, env_file: str | None, app_dir: str) -> None:
    """Keep targets up to date with their sources.

    Exit codes: 0 done, 1 failed, 2 wrong usage, 3 done, but components failed (`update --strict` only), 130
    interrupted, 143 terminated.
    """
    load_env_file(env_file)
    ctx.obj = app_dir
