"""Applies actions as the engine would, without one."""

from __future__ import annotations

from pathlib import Path

import cocoindex as coco
from cocoindex.connectors.localfs._apply import apply_entries
from cocoindex.connectors.localfs._entry import Directory, DirSpec, EntryAction, FileSpec, Found
from cocoindex.connectors.localfs._mark import now
from cocoindex.connectors.localfs._record import DirRecord, Known, written

BASE = coco.ContextKey[Path]("base")


def context(base: Path | None = None) -> coco.ContextProvider:
    provider = coco.ContextProvider()
    if base is not None:
        provider.provide(BASE, base)
    return provider


def known(was: str, content: bytes = b"old") -> Known:
    """What the records say where a file with this content, or a directory, was left by the last update."""
    if was == "file":
        return Known(ours=(written(content),), certain=True)
    return Known(directories=(DirRecord(0),), certain=True) if was == "directory" else Known()


def within(directory: Path) -> Directory:
    """A directory target that we made."""
    return Directory(str(directory), made=True, since=0)


def file(directory: Path, name: str, content: bytes = b"new", *, parents: bool = False, was: str = "") -> EntryAction:
    return EntryAction(None, within(directory), name, FileSpec(content, parents), known(was))


def folder(directory: Path, name: str, *, parents: bool = False, was: str = "") -> EntryAction:
    return EntryAction(None, within(directory), name, DirSpec(parents, since=now()), known(was), Found())


def gone(directory: Path, name: str, was: str) -> EntryAction:
    return EntryAction(None, within(directory), name, None, known(was))


def interrupted(action: EntryAction) -> EntryAction:
    """The same action, where an earlier attempt at it may have been interrupted."""
    assert isinstance(action.spec, FileSpec)
    return action._replace(known=Known(ours=(written(action.spec.content),)))


def apply(*actions: EntryAction, base: Path | None = None) -> None:
    apply_entries(context(base), actions)


def tree(directory: Path) -> dict[str, str]:
    """Every path below, with the text of files."""
    return {
        path.relative_to(directory).as_posix(): "/" if path.is_dir() else path.read_text()
        for path in directory.rglob("*")
    }
