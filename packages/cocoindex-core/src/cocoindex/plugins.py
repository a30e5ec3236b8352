"""Find the connectors and operations that installed distributions offer through entry points.

Beside the engine, which never asks: nothing is read or loaded until a function here is called.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from cocoindex._runtime.termination import Terminated
from cocoindex.errors import PluginConflictError, PluginGroupError, PluginLoadError, PluginNotFoundError

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

__all__ = ["GROUPS", "Plugin", "list_plugins", "load_plugin"]

_REQUIRED = re.compile(r"[\w.-]+")  # the name at the beginning of a requirement

#: The entry-point groups that are looked into.
GROUPS = ("cocoindex.connectors", "cocoindex.ops")


@dataclass(frozen=True, order=True)
class Plugin:
    """One entry point: what a distribution offers under a name. Nothing is imported until `load()` is called.

    Attributes:
        group: `cocoindex.connectors` or `cocoindex.ops`.
        name: the name that it claims, such as `localfs`.
        distribution: the distribution that brings it, such as `cocoindex-connectors-localfs`.
        version: the version of that distribution.
        value: what is imported: `package.module` or `package.module:object`.
    """

    group: str
    name: str
    distribution: str
    version: str
    value: str
    _entry_point: EntryPoint = field(repr=False, compare=False)

    def load(self) -> object:
        """Import it and return the module or object that `value` names.

        Raises:
            PluginLoadError: the import failed; says whose it is, and why. No other plugin is touched.
        """
        try:
            return self._entry_point.load()
        except Terminated:
            raise
        except (Exception, SystemExit) as cause:
            raise PluginLoadError(self.distribution, self.version, self.group, self.name, self.value, cause) from cause


def list_plugins(group: str | None = None) -> list[Plugin]:
    """List what is installed, sorted by group, name and distribution; a name that two claim is listed twice.

    Args:
        group: one of `GROUPS`, or None for all of them.

    Raises:
        PluginGroupError: there is no such group.
    """
    from importlib.metadata import entry_points

    if group is not None and group not in GROUPS:
        raise PluginGroupError(group, GROUPS)
    groups = GROUPS if group is None else (group,)
    return sorted(_plugin(entry) for each in groups for entry in entry_points(group=each))


def load_plugin(group: str, name: str) -> object:
    """Import the one plugin of this group and name, and no other; return the module or object that it names.

    Raises:
        PluginGroupError: there is no such group.
        PluginNotFoundError: no installed distribution offers that name; says which names there are.
        PluginConflictError: several distributions claim the name; names them.
        PluginLoadError: the import failed.
    """
    plugins = list_plugins(group)
    found = [plugin for plugin in plugins if plugin.name == name]
    if not found:
        raise PluginNotFoundError(group, name, [plugin.name for plugin in plugins])
    if len(found) > 1:
        raise PluginConflictError(group, name, [f"{plugin.distribution} {plugin.version}" for plugin in found])
    return found[0].load()


def missing_packages(plugin: Plugin) -> list[str]:
    """What is not installed of the packages that the distribution's extra of the plugin's name asks for.

    Where there is such an extra, the plugin can be imported without it, and says what it needs when that is needed.
    """
    entry = plugin._entry_point
    assert entry.dist is not None
    extra = re.compile(rf"""extra\s*==\s*["']{re.escape(plugin.name).replace("_", "[-_.]")}["']""")
    asked = [_REQUIRED.match(each) for each in entry.dist.requires or () if extra.search(each)]
    return [found[0] for found in asked if found and not _is_installed(found[0])]


def _is_installed(distribution: str) -> bool:
    from importlib.metadata import PackageNotFoundError, version

    try:
        version(distribution)
    except PackageNotFoundError:
        return False
    return True


def _plugin(entry: EntryPoint) -> Plugin:
    # Entry points that metadata was read for always carry the distribution they came from.
    assert entry.dist is not None
    return Plugin(entry.group, entry.name, entry.dist.name, entry.dist.version, entry.value, entry)
