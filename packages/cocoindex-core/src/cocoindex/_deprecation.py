"""Keep an old name working for two minor versions, with a warning that names the new one.

Below every layer, beside `errors`; `cocoindex.connectorkits.deprecation` is where connectors find it.
"""

from __future__ import annotations

from collections.abc import Mapping

_KEPT_FOR = 2  # minor versions that still have the old name, the one that deprecates it among them


def moved_name(module: str, name: str, homes: Mapping[str, str], since: str) -> object:
    """Return what `module` used to have under `name`, with a `DeprecationWarning` that names its new place.

    Call it directly from the module's `__getattr__`, so that the warning points to the line that uses the old name.
    Hide that `__getattr__` from type checkers (`if not TYPE_CHECKING:`), so that they report the old name.

    Args:
        module: the `__name__` of the module that the name has left.
        name: the requested name.
        homes: the new place of each old name: `package.module:name`, or `package.module` if the name is unchanged.
        since: the version of the distribution that deprecates them, such as `"0.2"`.

    Raises:
        AttributeError: the name is not in `homes`.
    """
    home = homes.get(name)
    if home is None:
        raise AttributeError(f"module {module!r} has no attribute {name!r}")
    import warnings
    from importlib import import_module

    where, _, new_name = home.partition(":")
    value: object = getattr(import_module(where), new_name or name)
    message = f"{module}.{name} is now {where}.{new_name or name}; the old name goes in version {_removed_in(since)}"
    warnings.warn(message, DeprecationWarning, stacklevel=3)
    return value


def _removed_in(since: str) -> str:
    major, minor = since.split(".")[:2]
    return f"{major}.{int(minor) + _KEPT_FOR}"
