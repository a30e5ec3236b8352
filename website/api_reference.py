"""The pages of the API reference: one for each public module, with every name that the approved interface lists."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

FOLDER = "reference/api"
# Who searches for a word wants the page that explains it first.
_LAST_IN_SEARCH = """---
search:
  boost: 0.2
---
"""
_SECTIONS = {
    "resources": "cocoindex.resources",
    "connectors": "cocoindex.connectors",
    "ops": "cocoindex.ops",
    "runners": "cocoindex.runners",
    "connectorkits": "cocoindex.connectorkits",
}


@dataclass
class Module:
    """A public module: what it defines, and what it only has from elsewhere (its name there)."""

    path: str
    own: list[str] = field(default_factory=list)
    elsewhere: dict[str, str] = field(default_factory=dict)

    @property
    def page(self) -> str:
        """Its page, below the folder of the docs."""
        return f"{FOLDER}/{self.path.replace('.', '_')}.md"


def read_modules(approved: Path) -> list[Module]:
    """Return the public modules of all distributions, as the files of `api/approved` list their names."""
    modules: dict[str, Module] = {}
    for file in sorted(approved.glob("*.txt")):
        # An overloaded function has several lines: NAME@1, NAME@2.
        lines = (line.split(" ", 1) for line in file.read_text().splitlines())
        described = {path.partition("@")[0]: description for path, description in lines}
        for path, description in described.items():
            parent = path.rpartition(".")[0]
            if parent in described:  # a member of a class
                continue
            module = modules.setdefault(parent, Module(parent))
            if description.startswith("= "):
                module.elsewhere[path] = description.removeprefix("= ")
            else:
                module.own.append(path)
    return sorted(modules.values(), key=lambda module: module.path)


def nav_of(modules: list[Module]) -> list[dict[str, Any]]:
    """Return the entries of the navigation: the modules that belong together are one section."""
    sections: dict[str, list[dict[str, str]]] = {"cocoindex": []}
    for module in modules:
        kind, _, rest = module.path.removeprefix("cocoindex").strip(".").partition(".")
        if kind in _SECTIONS:
            sections.setdefault(_SECTIONS[kind], []).append({rest or module.path: module.page})
        else:
            sections["cocoindex"].append({module.path: module.page})
    return [{title: entries} for title, entries in sections.items()]


def pages_of(modules: list[Module], sources: Path) -> Iterator[tuple[str, str]]:
    """Give the path and the Markdown of each page; `sources` has the packages of all distributions."""
    known = {name for module in modules for name in module.own}
    for module in modules:
        yield module.page, _page(module, known, _summary(sources.joinpath(*module.path.split("."))))


def _summary(module: Path) -> str:
    """Return the first sentence of a module's docstring; what follows is for those who read the code."""
    file = module / "__init__.py" if module.is_dir() else module.with_suffix(".py")
    text = ast.get_docstring(ast.parse(file.read_text(encoding="utf-8"))) or ""
    return re.split(r"(?<=\.)\s", " ".join(text.split()), maxsplit=1)[0]


def _page(module: Module, known: set[str], summary: str) -> str:
    parts = [f"{_LAST_IN_SEARCH}\n# {module.path}\n", f"{summary}\n"]
    parts += [f"::: {name}\n" for name in sorted(module.own, key=_order)]
    if module.elsewhere:
        parts.append("## Names from other modules\n")
        parts += [_reference(name, target, known) for name, target in sorted(module.elsewhere.items())]
    return "\n".join(parts)


def _order(name: str) -> tuple[bool, str]:
    """Classes and functions in the order of the alphabet, whatever their case; constants last."""
    last = name.rpartition(".")[2]
    return last.isupper(), last.casefold()


def _reference(name: str, target: str, known: set[str]) -> str:
    link = f"[`{target}`][{target}]" if target in known else f"`{target}`"
    return f"- `{name.rpartition('.')[2]}` is {link}"
