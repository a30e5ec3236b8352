"""`cocoindex plugins`: list the installed connectors and operations, and those that fail to load. Layer `cli`."""

from __future__ import annotations

import click

from .._entry_points import read_entry_points
from .._install_source import install_words
from .._shown import shown
from ..errors import CocoIndexError
from ..plugins import GROUPS, Plugin, load_one, missing_packages, modules_without_entry_point, plugins_of
from .failure import FAILED, report
from .streams_of_plugins import aside


@click.command()
def plugins() -> None:
    """List the installed connectors, operations and runners, with their distributions.

    Loads each of them. Failures and damaged metadata are reported on standard error, and the exit code is 1. A plugin
    whose extra is not installed is marked, and so is a module that no distribution offers.
    """
    offers, damaged = read_entry_points(GROUPS)
    found = plugins_of(offers)
    failures = {plugin: why for plugin in found if (why := _failure(plugin, found)) is not None}
    problems = [*failures.values(), *(_damage(plugin) for plugin in found if plugin._damage is not None)]
    problems += [
        f"the entry points of {each.distribution} {each.version} cannot be read: {each.why}; "
        f"{_reinstall(each.distribution)}"
        for each in damaged
    ]
    _print(found, failures)
    for problem in dict.fromkeys(problems):
        report(problem)
    if problems:
        raise click.exceptions.Exit(FAILED)


def _print(found: list[Plugin], failures: dict[Plugin, str]) -> None:
    lines = [
        (
            plugin.group,
            _printable(plugin.name),
            f"{plugin.distribution} {plugin.version}{_mark(plugin, plugin in failures)}",
        )
        for plugin in found
    ]
    strays = modules_without_entry_point(found)
    lines += [(group, name, f"[no distribution offers it: found in {folder}]") for group, name, folder in strays]
    width = max((len(name) for _, name, _ in lines), default=0)
    last = ""
    for group, name, rest in sorted(lines):
        if group != last:
            click.echo(f"{group}:")
            last = group
        click.echo(f"  {name:{width}}  {rest}")
    if not lines:
        click.echo("No connectors or operations are installed.")


def _printable(name: str) -> str:
    return name if name.isprintable() and name else shown(name)


def _mark(plugin: Plugin, failed: bool) -> str:
    if failed:
        return "  [failed]"
    return "  [damaged]" if plugin._damage is not None else _what_is_missing(plugin)


def _what_is_missing(plugin: Plugin) -> str:
    missing = missing_packages(plugin)
    if not missing:
        return ""
    extra = plugin.name.replace("_", "-")
    return f"  [incomplete: needs {', '.join(missing)}; {install_words(plugin.distribution, extra)}]"


def _failure(plugin: Plugin, found: list[Plugin]) -> str | None:
    try:
        with aside():
            load_one(found, plugin.group, plugin.name)
    except CocoIndexError as error:
        return str(error)
    return None


def _damage(plugin: Plugin) -> str:
    return f"{plugin._damage} is missing or cannot be read; {_reinstall(plugin.distribution)}"


def _reinstall(distribution: str) -> str:
    return f"run: pip install --force-reinstall --no-deps {distribution}"
