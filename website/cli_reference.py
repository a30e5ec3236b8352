"""The page with all options of the command `cocoindex`, read from its parser."""

from __future__ import annotations

import inspect
import re

import click

PAGE = "reference/cli.md"

# A paragraph that click does not fill: it begins with a backspace.
_AS_IT_IS = re.compile(r"^\x08\n(.*?)(?=\n\n|\Z)", re.MULTILINE | re.DOTALL)

INTRODUCTION = """# All options of the command line

This page is generated from the command's own parser. [The command line](../cli.md) explains how to work with it.
"""


def page() -> str:
    """Return the Markdown of the page."""
    from cocoindex.cli import main

    context = click.Context(main, info_name="cocoindex")
    parts = [INTRODUCTION, _section(context, 2)]
    for name in main.list_commands(context):
        command = main.get_command(context, name)
        assert command is not None
        parts.append(_section(click.Context(command, info_name=name, parent=context), 2))
    return "\n".join(parts)


def _section(context: click.Context, level: int) -> str:
    command = context.command
    usage = command.get_usage(context).removeprefix("Usage: ")
    options = [parameter for parameter in command.get_params(context) if isinstance(parameter, click.Option)]
    rows = [row for option in options if (row := _row(option, context))]
    table = ["| Option | |", "| --- | --- |", *rows] if rows else []
    text = _AS_IT_IS.sub(_block, inspect.cleandoc(command.help or ""))
    return "\n".join([f"{'#' * level} {context.command_path}\n", f"```text\n{usage}\n```\n", text, "", *table, ""])


def _block(match: re.Match[str]) -> str:
    return f"```text\n{match[1]}\n```\n"


def _row(option: click.Option, context: click.Context) -> str | None:
    record = option.get_help_record(context)
    if record is None:
        return None
    names, text = (part.replace("|", "\\|") for part in record)
    return f"| `{names}` | {text} |"
