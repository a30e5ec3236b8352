"""Find the connectors and operations that installed distributions offer through entry points.

Beside the engine, which never asks: nothing is read or loaded until a function here is called.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from cocoindex._api_version import is_served, stated_api
from cocoindex._runtime.termination import Terminated
from cocoindex.errors import PluginApiError, PluginConflictError, PluginGroupError, PluginLoadError, PluginNotFoundError

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

    from cocoindex._entry_points import Offer

__all__ = ["GROUPS", "Plugin", "list_plugins", "load_plugin"]

_FORM = re.compile(r"(?!\d)\w+(\.(?!\d)\w+)*\s*(:\s*(?!\d)\w+(\.(?!\d)\w+)*)?\s*(\[.*\])?\s*")
# What a requirement begins with: a name, extras and versions.
_REQUIRED = re.compile(r"([\w.-]+)\s*(?:\[([^]]*)\])?\s*\(?([^;()@]*?)\)?\s*(?:;|$)")
_BOUND = re.compile(r"(>=|<=|~=|(?<![~!=])>|(?<![~!=])<)\s*([\w.]+)")
_RELEASE = re.compile(r"(?:\d+!)?v?(\d+(?:\.\d+)*)")

#: The entry-point groups that are looked into.
GROUPS = ("cocoindex.connectors", "cocoindex.ops", "cocoindex.runners")


@dataclass(frozen=True, order=True)
class Plugin:
    """One entry point: an object that a distribution offers under a name. `load()` imports it.

    Attributes:
        group: `cocoindex.connectors`, `cocoindex.ops` or `cocoindex.runners`.
        name: the name of the plugin, such as `localfs`.
        distribution: the distribution that provides it, such as `cocoindex-connectors-localfs`.
        version: the version of that distribution.
        value: the object to import: `package.module` or `package.module:object`.
    """

    group: str
    name: str
    distribution: str
    version: str
    value: str
    _entry_point: EntryPoint = field(repr=False, compare=False)
    _damage: str | None = field(default=None, repr=False, compare=False)

    def load(self) -> object:
        """Import it and return the module or object that `value` names.

        Raises:
            PluginLoadError: the import failed; names the distribution and the reason. Other plugins are not affected.
            PluginApiError: its `requires_api` is a version of the interface that this core does not have. Where the
                version stands in its module as a number, the module is not run.
        """
        try:
            if not _FORM.fullmatch(self.value):
                raise ValueError("an entry point names package.module or package.module:object")
            required = self._stated_api()
            if is_served(required):
                loaded = self._entry_point.load()
                required = self._required_api(loaded)
        except (Terminated, KeyboardInterrupt, PluginApiError):
            raise
        except BaseException as cause:  # whatever its code raises
            raise PluginLoadError(self.distribution, self.version, self.group, self.name, self.value, cause) from cause
        if not is_served(required):
            raise PluginApiError(self.name, required, self.distribution, self.version)
        return loaded

    def _stated_api(self) -> object:
        from importlib.util import find_spec

        module = self._entry_point.module
        spec = None if module in sys.modules else find_spec(module)
        return None if spec is None else stated_api(spec)

    def _required_api(self, loaded: object) -> object:
        required: object = getattr(loaded, "requires_api", None)
        return (
            getattr(sys.modules.get(self._entry_point.module), "requires_api", None) if required is None else required
        )


def list_plugins(group: str | None = None) -> list[Plugin]:
    """List the installed plugins by group, name and distribution; a name claimed twice is listed twice.

    A distribution whose metadata cannot be read is listed under the name of its folder, or left out.

    Args:
        group: one of `GROUPS`, or None for all of them.

    Raises:
        PluginGroupError: there is no such group.
    """
    from cocoindex._entry_points import read_entry_points

    if group is not None and group not in GROUPS:
        raise PluginGroupError(group, GROUPS)
    return plugins_of(read_entry_points(GROUPS if group is None else (group,))[0])


def load_plugin(group: str, name: str) -> object:
    """Import the plugin of this group and name, and no other; return its module or object.

    Raises:
        PluginGroupError: there is no such group.
        PluginNotFoundError: no installed distribution offers that name; lists the names that exist.
        PluginConflictError: several distributions claim the name, or names that differ only by case or in `-`, `_` and
            `.`; names them.
        PluginLoadError: the import failed.
        PluginApiError: it needs a version of the plugin interface that this core does not have.
    """
    from ._entry_points import read_entry_points

    if group not in GROUPS:
        raise PluginGroupError(group, GROUPS)
    offers, damaged = read_entry_points((group,))
    unread = [f"{each.distribution} {each.version} ({each.why})" for each in damaged]
    return load_one(plugins_of(offers), group, name, unread)


def load_one(plugins: Sequence[Plugin], group: str, name: str, damaged: Sequence[str] = ()) -> object:
    """Load the plugin of this group and name among `plugins`; see `load_plugin`.

    Args:
        damaged: the distributions whose entry points cannot be read, any of which may offer it.
    """
    found = [plugin for plugin in plugins if (plugin.group, plugin.name) == (group, name)]
    if not found:
        raise PluginNotFoundError(group, name, [plugin.name for plugin in plugins], damaged)
    if len(found) > 1:
        raise PluginConflictError(group, name, [f"{plugin.distribution} {plugin.version}" for plugin in found])
    alike = [plugin for plugin in plugins if plugin.group == group and folded(plugin.name) == folded(name)]
    if {plugin.distribution for plugin in alike} != {found[0].distribution}:
        claims = [f"{plugin.distribution} {plugin.version} (as {plugin.name!r})" for plugin in alike]
        raise PluginConflictError(group, folded(name), claims)
    return found[0].load()


def folded(name: str) -> str:
    """Return the same text for names of plugins that differ by case or in `-`, `_` and `.` alone."""
    return re.sub("[-_.]+", "_", name).lower()


def missing_packages(plugin: Plugin) -> list[str]:
    """What is not installed, or in another version, of what the distribution's extra of the plugin's name asks for.

    Where there is such an extra, the plugin can be imported without it, and says what it needs when that is needed.
    """
    entry = plugin._entry_point
    if plugin._damage is not None or entry.dist is None:
        return []
    return list(dict.fromkeys(_lacking(entry.dist.requires or (), plugin.name, set())))


def _lacking(requirements: Iterable[str], extra: str, seen: set[tuple[str, str]]) -> Iterator[str]:
    """What is not installed, or too old or too new, of what an extra requires, and the extras that it names in turn."""
    from importlib.metadata import PackageNotFoundError, distribution

    asked = re.compile(rf"""extra\s*==\s*["']{re.sub("[-_.]+", "[-_.]", re.escape(extra))}["']""")
    for requirement in filter(asked.search, requirements):
        found = _REQUIRED.match(requirement)
        if found is None:
            continue
        name, extras, versions = found.groups(default="")
        try:
            installed = distribution(name)
        except PackageNotFoundError:
            yield name
            continue
        if not _is_served(installed.version, versions):
            yield f"{name}{versions} ({installed.version} is installed)"
        for inner in filter(None, re.split(r"[\s,]+", extras)):
            if (name, inner) not in seen:
                seen.add((name, inner))
                yield from _lacking(installed.requires or (), inner, seen)


def _is_served(version: str, wanted: str) -> bool:
    """Whether a version is in the range that a requirement gives by `>=`, `>`, `<`, `<=` and `~=`."""
    return all(_compares(sign, _release(version), _release(bound)) for sign, bound in _BOUND.findall(wanted))


def _compares(sign: str, version: tuple[int, ...], bound: tuple[int, ...]) -> bool:
    size = max(len(version), len(bound))
    have, want = (each + (0,) * (size - len(each)) for each in (version, bound))
    if sign == "~=":
        return have >= want and version[: len(bound) - 1] == bound[:-1]
    return {">=": have >= want, ">": have > want, "<=": have <= want, "<": have < want}[sign]


def _release(version: str) -> tuple[int, ...]:
    found = _RELEASE.match(version)
    return tuple(map(int, found[1].split("."))) if found else ()


def plugins_of(offers: list[Offer]) -> list[Plugin]:
    """The plugins that these entry points are, sorted."""
    return sorted(
        Plugin(
            offer.entry_point.group,
            offer.entry_point.name,
            offer.distribution,
            offer.version,
            offer.entry_point.value,
            offer.entry_point,
            offer.damage,
        )
        for offer in offers
    )


def modules_without_entry_point(plugins: Sequence[Plugin]) -> Iterator[tuple[str, str, str]]:
    """Yield group, name and folder of the modules in our namespaces that no entry point stands for."""
    from importlib import import_module
    from pkgutil import iter_modules

    known = {f"{plugin.group}.{plugin.name}" for plugin in plugins}
    known |= {plugin.value.partition(":")[0] for plugin in plugins}
    for group in GROUPS:
        for found in iter_modules(import_module(group).__path__):
            if f"{group}.{found.name}" not in known:
                yield group, found.name, str(getattr(found.module_finder, "path", "an unknown place"))
