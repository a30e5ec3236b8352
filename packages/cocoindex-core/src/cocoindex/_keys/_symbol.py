"""`Symbol`: a key for a name defined in code; it never equals a string.

Layer `_keys`. The framework and connectors use symbols for their own names; all other keys come from users.
"""

from __future__ import annotations

from functools import total_ordering
from typing import NoReturn, final

from cocoindex._shown import masked, shown
from cocoindex.errors import InvalidStableKeyError


@final
@total_ordering
class Symbol:
    """An immutable name. Symbols compare and sort by name, and never equal a string.

    Raises:
        InvalidStableKeyError: the name is not a string.
    """

    __slots__ = ("name",)
    name: str

    def __init__(self, name: str) -> None:
        if not isinstance(name, str):
            raise InvalidStableKeyError(
                f"a Symbol is named by a str, not by {shown(name)} ({type(name).__name__}); write Symbol(str(...))"
            )
        object.__setattr__(self, "name", str.__str__(name))

    def __repr__(self) -> str:
        return masked(f"Symbol({self.name})")

    def __eq__(self, other: object) -> bool:
        return self.name == other.name if isinstance(other, Symbol) else NotImplemented

    def __lt__(self, other: object) -> bool:
        return self.name < other.name if isinstance(other, Symbol) else NotImplemented

    def __hash__(self) -> int:
        return hash((Symbol, self.name))

    def __reduce__(self) -> tuple[type[Symbol], tuple[str]]:
        return Symbol, (self.name,)

    def __setattr__(self, attribute: str, value: object) -> NoReturn:
        raise AttributeError(f"a Symbol cannot be changed; make another one instead of setting {attribute!r}")

    def __delattr__(self, attribute: str) -> NoReturn:
        raise AttributeError(f"a Symbol cannot be changed; {attribute!r} stays")
