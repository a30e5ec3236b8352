"""The files of a new connector or operation, made from `templates` by `cocoindex init`. Layer `cli`."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import PurePosixPath
from string import Template

from .._api_version import API_VERSION
from .plugin_kind import PluginKind
from .plugin_names import PluginNames

_ENDING = ".tmpl"  # so that nothing takes a template for what it becomes
_SHARED = "distribution"


def distribution_files(kind: PluginKind, names: PluginNames, core_version: str) -> dict[str, str]:
    """Return the text of each file, by its path, of a distribution with a plugin of this kind.

    It requires core of the same major and minor version as `core_version`, or a later compatible one, and the
    version of the interface for plugins that this core has.
    """
    values = {
        **names._asdict(),
        "kind": kind.word,
        "group": kind.group,
        "namespace": kind.group.rpartition(".")[2],
        "description": kind.description,
        "api": str(API_VERSION),
        "core": ".".join(core_version.split(".")[:2]),
        "year": str(date.today().year),
    }
    found: dict[str, str] = {}
    for folder in (_SHARED, kind.template):
        for path, template in _templates(files(__package__) / "templates" / folder, PurePosixPath()):
            found[_filled_in(path, names)] = Template(template).substitute(values)
    return found


def _templates(folder: Traversable, below: PurePosixPath) -> Iterator[tuple[PurePosixPath, str]]:
    for entry in sorted(folder.iterdir(), key=lambda each: each.name):
        if entry.is_dir():
            yield from _templates(entry, below / entry.name)
        elif entry.name.endswith(_ENDING):
            yield below / entry.name.removesuffix(_ENDING), entry.read_text(encoding="utf-8")


def _filled_in(path: PurePosixPath, names: PluginNames) -> str:
    """Return the path with its placeholders replaced; they have no `$`, which not every file system allows."""
    stand_ins = {"PACKAGE": names.package, "NAME.py": f"{names.name}.py"}
    return str(PurePosixPath(*(stand_ins.get(part, part) for part in path.parts)))
