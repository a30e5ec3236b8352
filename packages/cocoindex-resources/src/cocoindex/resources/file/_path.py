"""A path below a named base directory; its identity does not change when the base directory moves.

Resources layer: connectors derive their own class from it, which defines how a path is resolved.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PurePath
from typing import Any, Generic, Self, TypeVar

from cocoindex import ContextKey
from cocoindex.connectorkits import masked, shown

from .errors import InvalidFilePathError

ResolvedPathT = TypeVar("ResolvedPathT")


class FilePath(Generic[ResolvedPathT]):
    """A base directory, named by a `ContextKey`, and a path below it, with the methods of `pathlib.PurePath`.

    Two paths are equal, and have the same memo key, if their paths and the names of their base directories are equal,
    no matter where the base directories are. A subclass overrides `resolve()` and, if its constructor takes other
    arguments, `_with_path()` and `_order()`.

    Args:
        base_dir: the key of the base directory; None if there is no base directory.
        path: the path below the base directory.

    Raises:
        InvalidFilePathError: (a `TypeError`) `base_dir` is not a `ContextKey`, or `path` is not a path.
    """

    __slots__ = ("_base_dir", "_path")

    def __init__(self, base_dir: ContextKey[ResolvedPathT] | None, path: PurePath) -> None:
        if base_dir is not None and not isinstance(base_dir, ContextKey):
            raise InvalidFilePathError(
                f"base_dir is a {type(base_dir).__name__}, {shown(base_dir)}; give a coco.ContextKey, "
                "whose value the lifespan provides, or leave it out"
            )
        if not isinstance(path, PurePath):
            raise InvalidFilePathError(f"the path is a {type(path).__name__}, {shown(path)}; give a pathlib.PurePath")
        self._base_dir = base_dir
        self._path = path

    def resolve(self) -> ResolvedPathT:
        """Return the full path, in the connector's own type.

        Raises:
            InvalidFilePathError: called on the base class, which belongs to no connector.
        """
        raise InvalidFilePathError(
            f"{self!r} belongs to no connector, so its location is unknown; "
            "use the FilePath of a connector, such as cocoindex.connectors.localfs.FilePath"
        )

    def _with_path(self, path: PurePath) -> Self:
        """Return the same kind of path, with the same base directory, for another path below it."""
        made = object.__new__(type(self))
        made._base_dir = self._base_dir
        made._path = path
        return made

    @property
    def base_dir(self) -> ContextKey[ResolvedPathT] | None:
        """The key of the base directory; None if there is no base directory."""
        return self._base_dir

    @property
    def path(self) -> PurePath:
        """The path below the base directory."""
        return self._path

    @property
    def name(self) -> str:
        """The last part of the path."""
        return self._path.name

    @property
    def stem(self) -> str:
        """The last part without its suffix."""
        return self._path.stem

    @property
    def suffix(self) -> str:
        """The suffix of the last part, from its last dot."""
        return self._path.suffix

    @property
    def suffixes(self) -> list[str]:
        """All suffixes of the last part."""
        return self._path.suffixes

    @property
    def parts(self) -> tuple[str, ...]:
        """The parts of the path below the base directory."""
        return self._path.parts

    @property
    def parent(self) -> Self:
        """The path without its last part."""
        return self._with_path(self._path.parent)

    @property
    def parents(self) -> Sequence[Self]:
        """All parent paths, the nearest first."""
        return tuple(self._with_path(parent) for parent in self._path.parents)

    def __truediv__(self, other: str | PurePath) -> Self:
        return self._with_path(self._path / other)

    def __rtruediv__(self, other: str | PurePath) -> Self:
        return self._with_path(other / self._path)

    def joinpath(self, *pathsegments: str | PurePath) -> Self:
        """Return this path with further parts."""
        return self._with_path(self._path.joinpath(*pathsegments))

    def with_segments(self, *pathsegments: str) -> Self:
        """Return the path with these parts below the same base directory."""
        return self._with_path(type(self._path)(*pathsegments))

    def with_name(self, name: str) -> Self:
        """Return this path with another last part."""
        return self._with_path(self._path.with_name(name))

    def with_stem(self, stem: str) -> Self:
        """Return this path with another stem."""
        return self._with_path(self._path.with_stem(stem))

    def with_suffix(self, suffix: str) -> Self:
        """Return this path with another suffix, which begins with a dot or is empty."""
        return self._with_path(self._path.with_suffix(suffix))

    def is_absolute(self) -> bool:
        """Return whether the path below the base directory is absolute."""
        return self._path.is_absolute()

    def is_relative_to(self, other: str | PurePath) -> bool:
        """Return whether `other` is this path or a parent of it."""
        return self._path.is_relative_to(other)

    def relative_to(self, other: str | PurePath) -> PurePath:
        """Return this path relative to `other`; raise `ValueError` if `other` is not a parent."""
        return self._path.relative_to(other)

    def match(self, pattern: str) -> bool:
        """Return whether the path matches, as `pathlib.PurePath.match` does."""
        return self._path.match(pattern)

    def as_posix(self) -> str:
        """Return the path below the base directory with forward slashes."""
        return self._path.as_posix()

    def __str__(self) -> str:
        return str(self._path)

    def __fspath__(self) -> str:
        return str(self.resolve())

    def __repr__(self) -> str:
        base = "" if self._base_dir is None else f", base_dir={self._base_dir.key!r}"
        return masked(f"{type(self).__name__}({self._path.as_posix()!r}{base})")

    def __coco_memo_key__(self) -> object:
        return (None if self._base_dir is None else self._base_dir.key, self._path.as_posix())

    def _order(self) -> tuple[Any, ...]:
        # The key for equality and order; paths without a base directory come first.
        return (self._base_dir is not None, "" if self._base_dir is None else self._base_dir.key, self._path)

    def __eq__(self, other: object) -> bool:
        return self._order() == other._order() if isinstance(other, FilePath) else NotImplemented

    def __hash__(self) -> int:
        return hash(self._order())

    def __lt__(self, other: Self) -> bool:
        return self._order() < other._order() if isinstance(other, FilePath) else NotImplemented

    def __le__(self, other: Self) -> bool:
        return self._order() <= other._order() if isinstance(other, FilePath) else NotImplemented

    def __gt__(self, other: Self) -> bool:
        return self._order() > other._order() if isinstance(other, FilePath) else NotImplemented

    def __ge__(self, other: Self) -> bool:
        return self._order() >= other._order() if isinstance(other, FilePath) else NotImplemented
