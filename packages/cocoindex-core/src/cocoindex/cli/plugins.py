"""`cocoindex plugins`: which connectors and operations are installed, and which of them do not load. Layer `cli`."""

from __future__ import annotations

import click

from .._install_source import install_words
from ..errors import CocoIndexError
from ..plugins import Plugin, list_plugins, load_plugin, missing_packages
from .failure import FAILED, report


@click.command()
def plugins() -> None:
    """List the installed connectors and operations, with the distributions that they come from.

    Each is loaded. What fails is reported on the standard error, and makes the exit code 1. What lacks
    packages that come with an extra is marked.
    """
    found = list_plugins()
    problems = {plugin: problem for plugin in found if (problem := _problem(plugin)) is not None}
    width = max((len(plugin.name) for plugin in found), default=0)
    group = ""
    for plugin in found:
        if plugin.group != group:
            click.echo(f"{plugin.group}:")
            group = plugin.group
        mark = "  [failed]" if plugin in problems else _what_is_missing(plugin)
        click.echo(f"  {plugin.name:{width}}  {plugin.distribution} {plugin.version}{mark}")
    if not found:
        click.echo("No connectors or operations are installed.")
    for problem in dict.fromkeys(problems.values()):
        report(problem)
    if problems:
        raise click.exceptions.Exit(FAILED)


def _what_is_missing(plugin: Plugin) -> str:
    missing = missing_packages(plugin)
    if not missing:
        return ""
    extra = plugin.name.replace("_", "-")
    return f"  [incomplete: needs {', '.join(missing)}; {install_words(plugin.distribution, extra)}]"


def _problem(plugin: Plugin) -> str | None:
    try:
        load_plugin(plugin.group, plugin.name)
    except CocoIndexError as error:
        return str(error)
    return None
