"""Applies actions as the engine would, without one."""

from __future__ import annotations

from pathlib import Path

import cocoindex as coco
from cocoindex.connectors.localfs._apply import apply_entries
from cocoindex.connectors.localfs._entry import DirSpec, EntryAction, FileSpec

BASE = coco.ContextKey[Path]("base")


def context(base: Path | None = None) -> coco.ContextProvider:
    provider = coco.ContextProvider()
    if base is not None:
        provider.provide(BASE, base)
    return provider


def file(directory: Path, name: str, content: bytes = b"new", *, parents: bool = False, was: str = "") -> EntryAction:
    return EntryAction(None, str(directory), name, FileSpec(content, parents), was == "file", was == "directory")


def folder(directory: Path, name: str, *, parents: bool = False, was: str = "") -> EntryAction:
    return EntryAction(None, str(directory), name, DirSpec(parents), was == "file", was == "directory")


def gone(directory: Path, name: str, was: str) -> EntryAction:
    return EntryAction(None, str(directory), name, None, was == "file", was == "directory")


def apply(*actions: EntryAction, base: Path | None = None) -> None:
    apply_entries(context(base), actions)


def tree(directory: Path) -> dict[str, str]:
    """Every path below, with the text of files."""
    return {
        path.relative_to(directory).as_posix(): "/" if path.is_dir() else path.read_text()
        for path in directory.rglob("*")
    }
