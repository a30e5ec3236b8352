"""What the distributions need of others, and lowest bounds in their pyproject files that cannot be had."""

from __future__ import annotations

from collections.abc import Iterable

from packaging.requirements import Requirement
from packaging.version import Version

from release.distributions import Distribution


def needs_of_others(present: Iterable[Distribution]) -> list[tuple[str, Requirement]]:
    """Return what the distributions need of others, with the name of the one that does; without what needs torch."""
    distributions = list(present)
    ours = {each.name for each in distributions}
    return [
        (each.name, need)
        for each in distributions
        for need in each.requirements(each.light_extras())
        if need.name not in ours
    ]


def too_low(
    needs: Iterable[tuple[str, Requirement]], resolved: dict[str, Version], python: str
) -> list[tuple[str, Requirement, Version]]:
    """Return each bound below what can be installed: who asks, for what, and the version that can be."""
    environment = {"python_version": python.rstrip("t"), "python_full_version": f"{python.rstrip('t')}.0"}
    applying = [(name, need) for name, need in needs if need.marker is None or need.marker.evaluate(environment)]
    highest: dict[str, Version] = {}
    for _, need in applying:
        if (bound := lower_bound(need)) is not None:
            highest[need.name] = max(bound, highest.get(need.name, bound))
    return [
        (name, need, resolved[need.name])
        for name, need in applying
        if need.name in highest and resolved[need.name] > highest[need.name]
    ]


def lower_bound(need: Requirement) -> Version | None:
    """Return the oldest version that a requirement allows; None where it names none."""
    return max((Version(each.version) for each in need.specifier if each.operator in (">=", "==", "~=")), default=None)
