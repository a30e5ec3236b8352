"""The names of a new plugin, checked: the plugin's own, its distribution's and its package's. Layer `cli`."""

from __future__ import annotations

import re
import sys
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from keyword import iskeyword
from typing import NamedTuple

import click

from .._shown import shown
from ..errors import MissingExtraError
from ..plugins import folded, list_plugins
from .plugin_kind import PluginKind

_WINDOWS_DEVICE = re.compile("con|prn|aux|nul|(com|lpt)[0-9]")
_MODULE = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
_DISTRIBUTION = re.compile(r"[a-z][a-z0-9]*([_-][a-z0-9]+)*")
# The names are used in file names and in lines of code.
_LONGEST_NAME = 30
_LONGEST_DISTRIBUTION = 50


class PluginNames(NamedTuple):
    """The names of a plugin.

    Attributes:
        name: its entry point, and the module that re-exports its package in the shared namespace.
        distribution: the name to install.
        package: the name to import: that of the distribution with `_` in place of `-`.
    """

    name: str
    distribution: str
    package: str


def plugin_names(kind: PluginKind, name: str, distribution: str | None) -> PluginNames:
    """Return the names of a plugin called `name`, whose distribution is `NAME-cocoindex-KIND` unless it is given.

    Raises:
        click.BadParameter: a name is invalid or already in use.
    """
    option = f"--{kind.word}"
    _check_name(kind, name, option)
    if distribution is None:
        return _checked_distribution(kind, name, f"{name.replace('_', '-')}-cocoindex-{kind.word}", option)
    return _checked_distribution(kind, name, distribution, "--distribution")


def _check_name(kind: PluginKind, name: str, option: str) -> None:
    if not _MODULE.fullmatch(name) or len(name) > _LONGEST_NAME:
        raise click.BadParameter(
            f"{shown(name)} cannot be the name of a module: take 1 to {_LONGEST_NAME} lower-case ASCII letters, digits "
            "and single underscores between them, with a letter first, such as my_db",
            param_hint=option,
        )
    if iskeyword(name):
        raise click.BadParameter(_refusal(name, "is a keyword of Python"), param_hint=option)
    if _WINDOWS_DEVICE.fullmatch(name):
        why = f"names a device on Windows, where no file can be called {name}.py"
        raise click.BadParameter(_refusal(name, why), param_hint=option)
    if name in sys.stdlib_module_names or name == "cocoindex":
        hidden = "cocoindex itself" if name == "cocoindex" else "the standard library's module"
        raise click.BadParameter(
            _refusal(name, f"would hide {hidden} from code that uses `from {kind.group} import {name}`"),
            param_hint=option,
        )
    if (owner := _owner(kind.group, name)) is not None:
        raise click.BadParameter(_refusal(name, f"is taken in {kind.group}, by {owner}"), param_hint=option)


def _refusal(name: str, why: str) -> str:
    return f"{name!r} {why}; choose another name, such as my_{name}"


def _owner(group: str, name: str) -> str | None:
    """Return the current owner of the name in the group, if any; our own names are reserved even if not installed."""
    for plugin in list_plugins(group):
        if folded(plugin.name) == folded(name):
            return f"{plugin.distribution} {plugin.version}"
    module = f"{group}.{name}"
    try:
        spec = find_spec(module)
    except MissingExtraError:
        return "a distribution of CocoIndex"
    except ImportError:
        return None
    return None if spec is None else f"the installed module {module}"


def _checked_distribution(kind: PluginKind, name: str, distribution: str, option: str) -> PluginNames:
    if not _DISTRIBUTION.fullmatch(distribution) or len(distribution) > _LONGEST_DISTRIBUTION:
        raise click.BadParameter(
            f"{shown(distribution)} cannot be the name of the distribution: take 1 to {_LONGEST_DISTRIBUTION} "
            "lower-case ASCII letters, digits and single dashes between them, with a letter first, such as "
            f"{name}-{kind.word}",
            param_hint=option,
        )
    package = distribution.replace("-", "_")
    if iskeyword(package) or package in sys.stdlib_module_names or _is_importable(package):
        raise click.BadParameter(
            f"a distribution called {distribution!r} has a package {package!r}, and that is a keyword of Python or a "
            "module that is there already; name another distribution with --distribution",
            param_hint=option,
        )
    try:
        installed = version(distribution)
    except PackageNotFoundError:
        return PluginNames(name, distribution, package)
    raise click.BadParameter(
        f"{distribution} {installed} is installed here; name another distribution with --distribution",
        param_hint=option,
    )


def _is_importable(package: str) -> bool:
    spec = find_spec(package)
    return spec is not None and spec.origin is not None  # a mere folder of that name hides nothing
