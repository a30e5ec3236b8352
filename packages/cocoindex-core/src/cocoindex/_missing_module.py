"""Name the extra of a connector or operation of ours that is imported and not installed, or the module that was meant.

Below every layer, beside `_peer_guard`: asked by the import system after all others, and only for what nobody has.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib.machinery import ModuleSpec
from types import ModuleType

# The extras of core by the modules that they bring; a folder alone is a namespace, which any distribution may add to.
_EXTRAS = {
    "connectors": None,
    "connectors.amazon_s3": "amazon-s3",
    "connectors.duckdb": "duckdb",
    "connectors.localfs": "localfs",
    "connectors.postgres": "postgres",
    "connectors.sqlite": "sqlite",
    "ops": None,
    "ops.code": "code",
    "ops.entity_resolution": "entity-resolution",
    "ops.litellm": "litellm",
    "ops.sentence_transformers": "sentence-transformers",
    "ops.text": "text",
    "runners": None,
    "runners.ray": "ray",
    "resources": None,
    "resources.chunk": "resources",
    "resources.embedder": "resources",
    "resources.file": "resources",
    "resources.id": "resources",
    "resources.live_map": "resources",
    "resources.rate_limit": "resources",
    "resources.schema": "resources",
    "resources.view": "resources",
}


class _MissingModules:
    """A finder of modules, which finds none: it says what brings them."""

    @classmethod
    def find_spec(
        cls, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        package, _, name = fullname.partition(".")
        if package != "cocoindex":
            return None
        if name in _EXTRAS and _EXTRAS[name] is None:  # so that it is asked for what should be in it
            return ModuleSpec(fullname, None, is_package=True)
        refuse_missing(fullname)
        _refuse_if_lost(fullname, name)
        _refuse_if_misspelled(fullname)
        return None


def refuse_missing(fullname: str) -> None:
    """Raise an error that says what brings the module, which nobody has, if it is one of ours."""
    name = fullname.partition(".")[2]
    extra = _EXTRAS.get(name)
    if extra is None:
        return
    from cocoindex.errors import IncompleteInstallationError, MissingExtraError

    if _is_installed(name):
        raise IncompleteInstallationError(fullname, _distribution_of(name))
    raise MissingExtraError(fullname, "cocoindex-core", extra, ModuleNotFoundError(f"No module named {fullname!r}"))


def _refuse_if_lost(fullname: str, name: str) -> None:
    """Raise an error for a private module of ours: nobody but its own distribution imports it, and so it is lost."""
    if not any(part.startswith("_") and not part.startswith("__") for part in name.split(".")):
        return
    if name.startswith("_") or any(name.startswith(f"{each}.") for each in _EXTRAS if _EXTRAS[each]):
        try:
            from cocoindex.errors import IncompleteInstallationError
        except ImportError:  # it is the errors themselves that lost a file: the import system names it
            return
        raise IncompleteInstallationError(fullname, _distribution_of(name))


def _refuse_if_misspelled(fullname: str) -> None:
    """Raise an error for a name that is nearly that of a connector, operation or runner."""
    group, _, name = fullname.rpartition(".")
    kind = group.partition(".")[2]
    if kind not in _EXTRAS or _EXTRAS[kind] is not None or name.startswith("_"):
        return
    from difflib import get_close_matches

    from ._entry_points import read_entry_points

    offered = {offer.entry_point.name for offer in read_entry_points((group,))[0]}
    names = offered | {each.rpartition(".")[2] for each in _EXTRAS if each.startswith(f"{kind}.")}
    near = get_close_matches(name.lower().replace("-", "_"), sorted(names), n=1, cutoff=0.75)
    if near and near[0] != name:
        # Without `name=`, as `from … import` would replace it by an exception of its own.
        raise ModuleNotFoundError(f"No module named {fullname!r}; did you mean '{group}.{near[0]}'?")


def _distribution_of(name: str) -> str:
    """The distribution of ours that brings the module `cocoindex.NAME`."""
    kind, _, rest = name.partition(".")
    if kind in ("connectors", "runners"):
        return f"cocoindex-{kind}-{rest.partition('.')[0].replace('_', '-')}"
    return f"cocoindex-{kind}" if kind in ("ops", "resources") else "cocoindex-core"


def _is_installed(name: str) -> bool:
    """Whether the distribution is installed that brings the module, and says that it does."""
    from importlib.metadata import PackageNotFoundError, distribution

    try:
        files = distribution(_distribution_of(name)).files
    except PackageNotFoundError:
        return False
    # An editable installation has no such files: its folder is not on the path, or not there any more.
    within = ("cocoindex", *name.split("."))
    return files is None or any(file.with_suffix("").parts[: len(within)] == within for file in files)


def name_missing_modules() -> None:
    """Have an import of what is not installed say how to install it."""
    if _MissingModules not in sys.meta_path:
        sys.meta_path.append(_MissingModules)
