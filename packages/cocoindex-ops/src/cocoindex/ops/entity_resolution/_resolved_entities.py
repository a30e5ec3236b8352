"""The result of a resolution: the canonical name of each name. Ops layer."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from .errors import UnknownEntityError


@dataclass(frozen=True, slots=True)
class ResolvedEntities:
    """The immutable result of `resolve_entities`: each name is canonical or has a canonical name."""

    _dedup: dict[str, str | None]

    def canonical_of(self, name: str) -> str:
        """Return the canonical name of `name`, which may be itself.

        Raises:
            UnknownEntityError: (a `KeyError`) `name` is not among the resolved names.
        """
        if name not in self._dedup:
            raise UnknownEntityError(f"{name!r} is not one of the {len(self._dedup)} resolved names")
        while (above := self._dedup[name]) is not None:
            name = above
        return name

    def canonicals(self) -> set[str]:
        """Return all canonical names."""
        return {name for name, above in self._dedup.items() if above is None}

    def groups(self) -> dict[str, set[str]]:
        """Return a dict from each canonical name to the set of its names, including itself."""
        groups: dict[str, set[str]] = {name: set() for name in self.canonicals()}
        for name in self._dedup:
            groups[self.canonical_of(name)].add(name)
        return groups

    def to_dict(self) -> dict[str, str | None]:
        """Return a dict from each name to the name that replaced it (and may be replaced itself); None if canonical."""
        return dict(self._dedup)

    def __contains__(self, name: object) -> bool:
        return name in self._dedup

    def __iter__(self) -> Iterator[str]:
        return iter(self._dedup)

    def __len__(self) -> int:
        return len(self._dedup)
