"""`StablePath`: the path of a component from the root of its app, in keys that are the same in every run.

Layer `_keys`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final, NoReturn, final

from cocoindex._shown import shown
from cocoindex.errors import InvalidStableKeyError

from ._decode import decode_parts
from ._encode import encode_key, encode_parts
from ._render_key import render_key
from ._stable_key import StableKey


@final
class StablePath:
    """An immutable path of keys. `StablePath()` is the root; `StablePath(path)` copies `path`; `/` appends a key.

    Paths are equal when their parts are of the same types and values: `1`, `True` and `"1"` are three paths.
    Its text form is what the command line prints and accepts, such as `/"files"/"a.txt"`.

    Raises:
        InvalidStableKeyError: (a TypeError) the argument is not a path.
    """

    __slots__ = ("encoded",)
    encoded: bytes
    """The parts in the store's codec, one after the other; paths sort by it, a parent right before what is below."""

    def __init__(self, path: StablePath | None = None) -> None:
        if path is not None and not isinstance(path, StablePath):
            raise InvalidStableKeyError(
                f"StablePath() takes a StablePath, or nothing for the root, not {shown(path)}; a path of parts is "
                "StablePath.from_parts(parts), or coco.ROOT_PATH / part / part"
            )
        object.__setattr__(self, "encoded", b"" if path is None else path.encoded)

    @staticmethod
    def from_encoded(encoded: bytes) -> StablePath:
        """Return the path of already encoded parts, without checking them."""
        path = StablePath.__new__(StablePath)
        object.__setattr__(path, "encoded", encoded)
        return path

    @staticmethod
    def from_parts(parts: Iterable[StableKey]) -> StablePath:
        """Return the path of these parts, from the root down.

        Raises:
            InvalidStableKeyError: (a TypeError) a part has a type that keys cannot have, or `parts` is not a list.
        """
        if type(parts) is not tuple and (isinstance(parts, str | bytes | Mapping) or not isinstance(parts, Iterable)):
            raise InvalidStableKeyError(
                f"StablePath.from_parts() takes a list of parts, not {shown(parts)}; a path of one part is "
                "ROOT_PATH / part"
            )
        return StablePath.from_encoded(encode_parts(parts))

    def concat_part(self, part: StableKey) -> StablePath:
        """Return this path with one more part.

        Raises:
            InvalidStableKeyError: the part has a type that keys cannot have.
        """
        return StablePath.from_encoded(self.encoded + encode_key(part))

    __truediv__ = concat_part

    def parts(self) -> list[StableKey]:
        """Return the parts, from the root down; subclasses of str, int, tuple … are converted to the base type."""
        return decode_parts(self.encoded)

    def __str__(self) -> str:
        return "/" + "/".join(map(render_key, self.parts()))

    __repr__ = __str__

    def __eq__(self, other: object) -> bool:
        return self.encoded == other.encoded if isinstance(other, StablePath) else NotImplemented

    def __hash__(self) -> int:
        return hash((StablePath, self.encoded))

    def __reduce__(self) -> tuple[object, tuple[bytes]]:
        return StablePath.from_encoded, (self.encoded,)

    def __setattr__(self, attribute: str, value: object) -> NoReturn:
        raise AttributeError(f"a StablePath cannot be changed; make another one instead of setting {attribute!r}")

    def __delattr__(self, attribute: str) -> NoReturn:
        raise AttributeError(f"a StablePath cannot be changed; {attribute!r} stays")


ROOT_PATH: Final = StablePath()
