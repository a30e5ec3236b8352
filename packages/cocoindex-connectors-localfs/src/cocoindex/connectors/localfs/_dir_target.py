"""The API for target files and directories.

Connector layer.
"""

from __future__ import annotations

from pathlib import PurePath
from typing import Any, Generic

import cocoindex as coco
from cocoindex.connectorkits import shown
from cocoindex.resources.file.errors import FileArgumentError

from ._entry import (
    DirSpec,
    EntrySpec,
    FileSpec,
    as_content,
    checked_adopt,
    checked_flag,
    inner_key,
    outer_key,
    refuse_directory_name,
)
from ._entry_handler import EntryHandler, entries
from ._file_path import Location
from ._mark import now, stamp
from ._overlap import note_inner_target, note_target
from .errors import InvalidFileTargetError


class DirTarget(Generic[coco.MaybePendingS], coco.ResolvesTo["DirTarget"]):
    """A directory whose files and directories are declared; those no longer declared are removed.

    Only declared entries are ever removed, and the directories created for them once they are empty. When the directory
    itself is no longer declared, it is removed, unless it existed before or holds files of others.
    """

    __slots__ = ("_provider",)

    def __init__(self, provider: coco.TargetStateProvider[EntrySpec, Any, coco.MaybePendingS]) -> None:
        if not isinstance(provider, coco.TargetStateProvider):
            raise FileArgumentError(
                "DirTarget() takes the result of `await coco.mount_target(localfs.dir_target(...))`, not "
                f"{shown(provider)}"
            )
        self._provider: coco.TargetStateProvider[EntrySpec, Any, coco.MaybePendingS] = provider

    def declare_file(
        self,
        filename: str | PurePath,
        content: bytes | str,
        *,
        create_parent_dirs: bool = False,
        adopt: bool | None = None,
    ) -> None:
        """Declare a file in this directory.

        Args:
            filename: relative to the directory; may contain subdirectories.
            content: bytes, or text to be written as UTF-8.
            create_parent_dirs: whether to create the subdirectories.
            adopt: whether an existing file is overwritten and belongs to the app from then on; by default as for the
                directory target.

        Raises:
            InvalidFileTargetError: (a `ValueError`) the name is empty or leads out of the directory.
            InvalidFileContentError: (a `TypeError`) `content` is neither bytes nor text that can be encoded as UTF-8.
            NoComponentError: (a `RuntimeError`) no component runs here.
        """
        refuse_directory_name(filename)
        spec = FileSpec(as_content(content, filename), checked_flag(create_parent_dirs), checked_adopt(adopt), stamp())
        coco.declare_target_state(self._provider.target_state(inner_key(filename), spec))

    def declare_dir_target(
        self, path: str | PurePath, *, create_parent_dirs: bool = False, adopt: bool | None = None
    ) -> DirTarget[coco.PendingS]:
        """Declare a directory in this directory; returns its target, which must be mounted before use.

        Args:
            path: relative to the directory; may contain subdirectories.
            create_parent_dirs: whether to create the subdirectories.
            adopt: as for `dir_target`; None means the setting of this directory target.

        Raises:
            InvalidFileTargetError: (a `ValueError`) the name is empty or leads out of the directory.
            NoComponentError: (a `RuntimeError`) no component runs here.
        """
        key = inner_key(path)
        flags = checked_flag(create_parent_dirs), checked_adopt(adopt)
        spec = DirSpec(*flags, now(), note_inner_target(self._provider, key))
        state = self._provider.target_state(key, spec)
        return DirTarget(coco.declare_target_state_with_child(state))

    def __coco_memo_key__(self) -> object:
        return self._provider.__coco_memo_key__()


def declare_file(
    path: Location, content: bytes | str, *, create_parent_dirs: bool = False, adopt: bool = False
) -> None:
    """Declare one file.

    Args:
        path: path of the file. Below a `ContextKey` it keeps its identity when the base directory moves; without one,
            it is identified by its absolute path.
        content: bytes, or text to be written as UTF-8.
        create_parent_dirs: whether to create its parent directories; they stay when the file is removed.
        adopt: whether an existing file is overwritten and belongs to the app from then on. Without it, an existing file
            with other content is an error of the component, and one with equal content is left when it is no longer
            declared.

    Raises:
        InvalidFileTargetError: (a `ValueError`) the path leads out of its base directory, or is that directory.
        InvalidFileContentError: (a `TypeError`) `content` is neither bytes nor text that can be encoded as UTF-8.
        NoComponentError: (a `RuntimeError`) no component runs here.
    """
    key = outer_key(path)
    if key[1] == ".":
        raise InvalidFileTargetError(f"{path!r} is the base directory itself; name a file below it")
    refuse_directory_name(path)
    spec = FileSpec(
        as_content(content, key[1]), checked_flag(create_parent_dirs), checked_flag(adopt, "adopt"), stamp()
    )
    coco.declare_target_state(entries.target_state(key, spec))


def dir_target(
    path: Location, *, create_parent_dirs: bool = True, adopt: bool = False
) -> coco.TargetState[EntryHandler]:
    """Return the target state of a directory, for `coco.mount_target`; see `mount_dir_target`.

    Raises:
        InvalidFileTargetError: (a `ValueError`) the path leads out of its base directory.
        TargetInSourceError: (a `ValueError`) the app reads files from there.
    """
    key = outer_key(path)
    spec = DirSpec(checked_flag(create_parent_dirs), checked_flag(adopt, "adopt"), now(), note_target(path))
    return entries.target_state(key, spec)


def declare_dir_target(
    path: Location, *, create_parent_dirs: bool = True, adopt: bool = False
) -> DirTarget[coco.PendingS]:
    """Declare a directory in the running component; returns its target, which must be mounted before use.

    Args:
        path: path of the directory; a `ContextKey` means the base directory itself.
        create_parent_dirs: whether to create its parent directories; they stay when it is removed.
        adopt: whether existing entries belong to the app: the directory itself, which is removed once it is empty, and
            files with declared names, which are overwritten.

    Raises:
        InvalidFileTargetError: (a `ValueError`) the path leads out of its base directory.
        TargetInSourceError: (a `ValueError`) the app reads files from there.
        NoComponentError: (a `RuntimeError`) no component runs here.
    """
    return DirTarget(
        coco.declare_target_state_with_child(dir_target(path, create_parent_dirs=create_parent_dirs, adopt=adopt))
    )


async def mount_dir_target(
    path: Location, *, create_parent_dirs: bool = True, adopt: bool = False
) -> DirTarget[coco.ResolvedS]:
    """Declare a directory in a component of its own, and return its target once the directory exists.

    Args:
        path: path of the directory; a `ContextKey` means the base directory itself.
        create_parent_dirs: whether to create its parent directories; they stay when it is removed.
        adopt: whether existing entries belong to the app: the directory itself, which is removed once it is empty, and
            files with declared names, which are overwritten.

    Raises:
        InvalidFileTargetError: (a `ValueError`) the path leads out of its base directory.
        TargetInSourceError: (a `ValueError`) the app reads files from there.
        FileTargetError: (an `OSError`) the directory could not be created.
        NoComponentError: (a `RuntimeError`) no component runs here.
    """
    return DirTarget(await coco.mount_target(dir_target(path, create_parent_dirs=create_parent_dirs, adopt=adopt)))
