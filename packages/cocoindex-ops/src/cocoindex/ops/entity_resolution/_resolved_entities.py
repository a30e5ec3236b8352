"""Which name stands for which. Ops layer."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from .errors import UnknownEntityError


@dataclass(frozen=True, slots=True)
class ResolvedEntities:
    """The result of `resolve_entities`: a name is canonical, or another one stands for it. Not to be changed."""

    _dedup: dict[str, str | None]

    def canonical_of(self, name: str) -> str:
        """Return the name that stands for `name`, which is itself where it is canonical.

        Raises:
            UnknownEntityError: (a `KeyError`) it was not among the names that were resolved.
        """
        if name not in self._dedup:
            raise UnknownEntityError(f"{name!r} is none of the {len(self._dedup)} names that were resolved")
        while (above := self._dedup[name]) is not None:
            name = above
        return name

    def canonicals(self) -> set[str]:
        """Return all names that stand for themselves."""
        return {name for name, above in self._dedup.items() if above is None}

    def groups(self) -> dict[str, set[str]]:
        """Return for each canonical name all that it stands for, itself among them."""
        groups: dict[str, set[str]] = {name: set() for name in self.canonicals()}
        for name in self._dedup:
            groups[self.canonical_of(name)].add(name)
        return groups

    def to_dict(self) -> dict[str, str | None]:
        """Return for each name the one that took its place, None for a canonical one; that may have one in its turn."""
        return dict(self._dedup)

    def __contains__(self, name: object) -> bool:
        return name in self._dedup

    def __iter__(self) -> Iterator[str]:
        return iter(self._dedup)

    def __len__(self) -> int:
        return len(self._dedup)
