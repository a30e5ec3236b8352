"""What is new, changed or gone between two interfaces of one distribution. Part of what `nox -s api` compares."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, NamedTuple

from api.interface import Interface


class Difference(NamedTuple):
    """One name that differs, with what it was and what it is; None where it is not there."""

    name: str
    before: str | None
    now: str | None

    @property
    def kind(self) -> Literal["removed", "changed", "new"]:
        if self.now is None:
            return "removed"
        return "new" if self.before is None else "changed"

    def lines(self) -> Iterator[str]:
        """The difference for a reader."""
        yield f"  {self.kind:8} {self.name}"
        for word, what in (("before", self.before), ("now", self.now)):
            if what is not None:
                yield f"           {word + ':':7} {what}"


def differences(before: Interface, now: Interface) -> list[Difference]:
    """Return what differs, sorted by name."""
    names = sorted({*before, *now})
    found = [Difference(name, before.get(name), now.get(name)) for name in names]
    return [each for each in found if each.before != each.now]


def counted(found: list[Difference]) -> str:
    """Say how many of each kind there are."""
    kinds = [each.kind for each in found]
    said = [f"{kinds.count(kind)} {kind}" for kind in ("removed", "changed", "new") if kind in kinds]
    return ", ".join(said) or "no difference"
