"""Where entries lie on the disk, links considered.

Connector layer; runs in a thread.
"""

from __future__ import annotations

import errno
import os

import cocoindex as coco
from cocoindex.errors import FileTargetError

from ._entry import DirSpec, EntryAction


class Places:
    """Finds the paths of the entries of one batch.

    A path that was named as a whole is followed where it is a link. Below a base directory or a directory target, no
    link may lead out of it, and a file that is a link is replaced: whoever can place a link there must not be able to
    say where we write.
    """

    __slots__ = ("_context", "_real")

    def __init__(self, context: coco.ContextProvider) -> None:
        self._context = context
        self._real: dict[str, str] = {}

    def path_of(self, action: EntryAction) -> str | None:
        """Return the absolute path of the entry; None for one to be removed that a link has taken out of our reach.

        Raises:
            FileTargetError: (an `OSError`) a link on the way leads out of the directory.
            ContextKeyError: (a `KeyError`) nothing was provided for the base directory.
        """
        if action.base is not None:
            directory = self._realpath(os.fspath(self._context.get(action.base)))
        elif action.directory:
            directory = action.directory
        else:
            return os.path.realpath(action.name)
        path = os.path.normpath(os.path.join(directory, action.name))
        # What is followed on the way to the entry: a directory itself, of a file only the directory that it lies in.
        followed = path if isinstance(action.spec, DirSpec) else os.path.dirname(path)
        if path != directory and not is_within(self._realpath(followed), directory):
            if action.spec is None:
                return None
            raise FileTargetError(
                errno.ELOOP,
                f"a link leads out of the directory {directory!r}; remove it, or declare another path",
                path,
            )
        return path

    def directory_of(self, action: EntryAction) -> str:
        """Return the real path of a declared directory, for the entries in it."""
        path = self.path_of(action)
        assert path is not None
        return self._realpath(path)

    def holds_store(self, path: str) -> bool:
        """Say whether a store of the framework is the directory `path` or lies below it."""
        return any(is_within(store, path) for store in self._context.store_paths)

    def is_in_store(self, path: str) -> bool:
        """Say whether `path` is such a store, or lies in one."""
        return any(is_within(path, store) for store in self._context.store_paths)

    def _realpath(self, path: str) -> str:
        real = self._real.get(path)
        if real is None:
            real = self._real[path] = os.path.realpath(path)
        return real


def is_within(path: str, directory: str) -> bool:
    """Say whether a real path is `directory` or lies below it."""
    return path == directory or path.startswith(os.path.join(directory, ""))
