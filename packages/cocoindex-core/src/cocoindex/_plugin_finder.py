"""Refuse the import of a connector or operation that is written for another version of the interface, before it runs.

Below every layer, beside `_missing_module`: asked by the import system first, and only about modules of the shared
namespaces, which other finders find.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib.machinery import ModuleSpec
from types import ModuleType

from ._missing_module import refuse_missing

_NAMESPACES = ("cocoindex.connectors.", "cocoindex.ops.", "cocoindex.runners.", "cocoindex.stores.")
_SHARED = frozenset(f"cocoindex.{kind}" for kind in ("connectors", "ops", "resources", "runners", "stores"))


class _CheckedPlugins:
    """A finder of modules that asks the others, and looks at what they found."""

    @classmethod
    def find_spec(
        cls, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname in _SHARED:
            return _without_module(cls._found_by_others(fullname, path, target), path)
        if not fullname.startswith(_NAMESPACES) or fullname.count(".") != 2:
            return None
        spec = cls._found_by_others(fullname, path, target)
        if spec is None:
            return None
        if spec.origin is None:
            _refuse_leftover(fullname)
            return spec
        from ._api_version import is_served, stated_api

        if not is_served(required := stated_api(spec)):
            raise _mismatch(fullname, required)
        return spec

    @classmethod
    def _found_by_others(
        cls, fullname: str, path: Sequence[str] | None, target: ModuleType | None
    ) -> ModuleSpec | None:
        for finder in sys.meta_path:
            find_spec = getattr(finder, "find_spec", None)
            if finder is not cls and find_spec is not None:
                spec: ModuleSpec | None = find_spec(fullname, path, target)
                if spec is not None:
                    return spec
        return None


def _without_module(spec: ModuleSpec | None, path: Sequence[str] | None) -> ModuleSpec | None:
    """Return a shared folder without the `__init__.py` that somebody put into it, which would hide all others."""
    if spec is None or spec.origin is None:
        return spec
    import os
    import warnings

    warnings.warn(
        f"{spec.origin} would hide modules of other distributions, and is ignored; have its distribution leave it "
        "out, or uninstall that distribution",
        stacklevel=2,
    )
    shared = ModuleSpec(spec.name, None, is_package=True)
    folders = [os.path.join(folder, spec.name.rpartition(".")[2]) for folder in path or ()]
    shared.submodule_search_locations = [folder for folder in folders if os.path.isdir(folder)]
    return shared


def _refuse_leftover(module: str) -> None:
    """Raise an error if a folder without `__init__.py` is what is left of a plugin."""
    from ._entry_points import read_entry_points
    from .errors import IncompleteInstallationError

    for offer in read_entry_points((module.rpartition(".")[0],))[0]:
        if offer.entry_point.value.partition(":")[0] == module:
            raise IncompleteInstallationError(module, offer.distribution)
    refuse_missing(module)


def _mismatch(module: str, required: object) -> ImportError:
    from ._entry_points import read_entry_points
    from .errors import PluginApiError

    group, _, name = module.rpartition(".")
    for offer in read_entry_points((group,))[0]:
        if offer.entry_point.name == name:
            return PluginApiError(name, required, offer.distribution, offer.version)
    return PluginApiError(module, required)


def check_plugins() -> None:
    """Have an import of a plugin for another version of the interface say which versions there are."""
    if _CheckedPlugins not in sys.meta_path:
        sys.meta_path.insert(0, _CheckedPlugins)
