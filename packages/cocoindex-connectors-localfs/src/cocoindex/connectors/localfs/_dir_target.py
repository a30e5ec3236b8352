"""What a user declares: files, and directories with what is in them.

Connector layer.
"""

from __future__ import annotations

from pathlib import PurePath
from typing import Any, Generic

import cocoindex as coco
from cocoindex.errors import FileArgumentError, InvalidFileTargetError

from ._entry import DirSpec, EntrySpec, FileSpec, as_content, checked_flag, inner_key, outer_key
from ._entry_handler import EntryHandler, entries
from ._file_path import Location


class DirTarget(Generic[coco.MaybePendingS], coco.ResolvesTo["DirTarget"]):
    """A directory whose files and directories are declared; those that no longer are, are removed.

    The directory is owned as a whole: when it is itself no longer declared, it is removed with everything in it,
    whoever wrote that.
    """

    __slots__ = ("_provider",)

    def __init__(self, provider: coco.TargetStateProvider[EntrySpec, Any, coco.MaybePendingS]) -> None:
        if not isinstance(provider, coco.TargetStateProvider):
            raise FileArgumentError(
                "a DirTarget is made of what `await coco.mount_target(localfs.dir_target(...))` gives, not of "
                f"{provider!r}"
            )
        self._provider: coco.TargetStateProvider[EntrySpec, Any, coco.MaybePendingS] = provider

    def declare_file(self, filename: str | PurePath, content: bytes | str, *, create_parent_dirs: bool = False) -> None:
        """Declare a file in this directory.

        Args:
            filename: relative to the directory; may lead through directories in it.
            content: bytes, or text to be written in UTF-8.
            create_parent_dirs: whether to create those directories.

        Raises:
            InvalidFileTargetError: (a `ValueError`) the name is empty or leads out of the directory.
            InvalidFileContentError: (a `TypeError`) `content` is neither bytes nor text that UTF-8 can hold.
            NoComponentError: (a `RuntimeError`) no component runs here.
        """
        spec = FileSpec(as_content(content, filename), checked_flag(create_parent_dirs))
        coco.declare_target_state(self._provider.target_state(inner_key(filename), spec))

    def declare_dir_target(self, path: str | PurePath, *, create_parent_dirs: bool = False) -> DirTarget[coco.PendingS]:
        """Declare a directory in this directory; return its target, to be mounted before it is used.

        Args:
            path: relative to the directory; may lead through directories in it.
            create_parent_dirs: whether to create those directories.

        Raises:
            InvalidFileTargetError: (a `ValueError`) the name is empty or leads out of the directory.
            NoComponentError: (a `RuntimeError`) no component runs here.
        """
        state = self._provider.target_state(inner_key(path), DirSpec(checked_flag(create_parent_dirs)))
        return DirTarget(coco.declare_target_state_with_child(state))

    def __coco_memo_key__(self) -> object:
        return self._provider.__coco_memo_key__()


def declare_file(path: Location, content: bytes | str, *, create_parent_dirs: bool = False) -> None:
    """Declare one file.

    Args:
        path: of the file. Below a `ContextKey`, it keeps its identity when the base directory moves; a path that stands
            for itself is identified by its absolute form.
        content: bytes, or text to be written in UTF-8.
        create_parent_dirs: whether to create the directories on the way to it; they stay when the file is removed.

    Raises:
        InvalidFileTargetError: (a `ValueError`) the path leads out of its base directory, or is that directory.
        InvalidFileContentError: (a `TypeError`) `content` is neither bytes nor text that UTF-8 can hold.
        NoComponentError: (a `RuntimeError`) no component runs here.
    """
    key = outer_key(path)
    if key[1] == ".":
        raise InvalidFileTargetError(f"{path!r} is the base directory itself; name a file below it")
    spec = FileSpec(as_content(content, key[1]), checked_flag(create_parent_dirs))
    coco.declare_target_state(entries.target_state(key, spec))


def dir_target(path: Location, *, create_parent_dirs: bool = True) -> coco.TargetState[EntryHandler]:
    """Return the target state of a directory, for `coco.mount_target`; see `mount_dir_target`.

    Raises:
        InvalidFileTargetError: (a `ValueError`) the path leads out of its base directory.
    """
    return entries.target_state(outer_key(path), DirSpec(checked_flag(create_parent_dirs)))


def declare_dir_target(path: Location, *, create_parent_dirs: bool = True) -> DirTarget[coco.PendingS]:
    """Declare a directory in the component that runs; return its target, to be mounted before it is used.

    Args:
        path: of the directory; a `ContextKey` stands for the base directory itself.
        create_parent_dirs: whether to create the directories on the way to it; they stay when it is removed.

    Raises:
        InvalidFileTargetError: (a `ValueError`) the path leads out of its base directory.
        NoComponentError: (a `RuntimeError`) no component runs here.
    """
    return DirTarget(coco.declare_target_state_with_child(dir_target(path, create_parent_dirs=create_parent_dirs)))


async def mount_dir_target(path: Location, *, create_parent_dirs: bool = True) -> DirTarget[coco.ResolvedS]:
    """Declare a directory in a component of its own, and return its target when the directory exists.

    Args:
        path: of the directory; a `ContextKey` stands for the base directory itself.
        create_parent_dirs: whether to create the directories on the way to it; they stay when it is removed.

    Raises:
        InvalidFileTargetError: (a `ValueError`) the path leads out of its base directory.
        FileTargetError: (an `OSError`) the directory could not be created.
        NoComponentError: (a `RuntimeError`) no component runs here.
    """
    return DirTarget(await coco.mount_target(dir_target(path, create_parent_dirs=create_parent_dirs)))
