"""Compares the resources that calls need with those of the cluster, and makes messages if these are insufficient."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from ._actors import held_by_actors
from ._ray import ray

_NAMES: Final = {"cpus": "num_cpus", "gpus": "num_gpus", "memory": "memory"}
_IN_RAY: Final = {"num_cpus": "CPU", "num_gpus": "GPU", "memory": "memory"}


def ray_options(resources: Mapping[str, float]) -> dict[str, Any]:
    """Convert resources to options of Ray; other names are custom resources of the cluster."""
    named = {_NAMES[name]: amount for name, amount in resources.items() if name in _NAMES}
    own = {name: amount for name, amount in resources.items() if name not in _NAMES}
    return {"num_cpus": 1, **named, **({"resources": own} if own else {})}


class Demand:
    """The resources that one call or one actor needs. Its methods query the cluster, and block.

    Args:
        options: Ray's options for the task or actor.
        what: "call" or "actor", for messages.
    """

    def __init__(self, options: Mapping[str, Any], what: str) -> None:
        needs = {_IN_RAY[name]: amount for name, amount in options.items() if name in _IN_RAY and amount}
        self.needs: dict[str, float] = {**needs, **options.get("resources", {})}
        self.what = what

    def impossible(self) -> str | None:
        """Return why no node of the cluster can ever run it, or None; Ray would wait forever for such a node."""
        nodes = [node["Resources"] for node in ray().nodes() if node["Alive"]]
        if any(all(node.get(name, 0) >= amount for name, amount in self.needs.items()) for node in nodes):
            return None
        has = "; ".join(", ".join(f"{name} {node.get(name, 0):g}" for name in self.needs) for node in nodes)
        return f"no node of the Ray cluster has what one {self.what} needs ({self}); the nodes have: {has}"

    def is_surely_short(self) -> bool:
        """Say whether the actors of this process leave too few resources, so that nothing can run."""
        total, held = ray().cluster_resources(), held_by_actors()
        return any(total.get(name, 0) - held.get(name, 0) < amount for name, amount in self.needs.items())

    def is_short(self) -> bool:
        """Say whether the cluster has too few free resources now."""
        free = ray().available_resources()
        return any(free.get(name, 0) < amount for name, amount in self.needs.items())

    def situation(self) -> str:
        """Return a text with the required resources, and how much of them the cluster has."""
        total, free, held = ray().cluster_resources(), ray().available_resources(), held_by_actors()
        parts = []
        for name in self.needs:
            actors = f", {held[name]:g} held by actors of this program" if held.get(name) else ""
            parts.append(f"{name} {total.get(name, 0):g} ({free.get(name, 0):g} free{actors})")
        return f"one {self.what} needs {self}; the cluster has {', '.join(parts)}"

    def __str__(self) -> str:
        return ", ".join(f"{name} {amount:g}" for name, amount in self.needs.items()) or "nothing"
