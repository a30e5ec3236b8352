"""The resources that calls need and the cluster has, and the messages if they are insufficient."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from ._actors import held_by_actors
from ._ray import ray

_NAMES: Final = {"cpus": "num_cpus", "gpus": "num_gpus", "memory": "memory"}
_IN_RAY: Final = {"num_cpus": "CPU", "num_gpus": "GPU", "memory": "memory"}


def ray_options(resources: Mapping[str, float]) -> dict[str, Any]:
    """What Ray calls these resources; what it has no name for is one of the cluster's own."""
    named = {_NAMES[name]: amount for name, amount in resources.items() if name in _NAMES}
    own = {name: amount for name, amount in resources.items() if name not in _NAMES}
    return {"num_cpus": 1, **named, **({"resources": own} if own else {})}


class Demand:
    """What one call, or one actor, needs. What asks the cluster blocks.

    Args:
        options: Ray's, of a task or an actor.
        what: a call or an actor, in messages.
    """

    def __init__(self, options: Mapping[str, Any], what: str) -> None:
        needs = {_IN_RAY[name]: amount for name, amount in options.items() if name in _IN_RAY and amount}
        self.needs: dict[str, float] = {**needs, **options.get("resources", {})}
        self.what = what

    def impossible(self) -> str | None:
        """Says why no node of the cluster can ever give it: Ray would wait for such a node for ever."""
        nodes = [node["Resources"] for node in ray().nodes() if node["Alive"]]
        if any(all(node.get(name, 0) >= amount for name, amount in self.needs.items()) for node in nodes):
            return None
        has = "; ".join(", ".join(f"{name} {node.get(name, 0):g}" for name in self.needs) for node in nodes)
        return f"no node of the Ray cluster has what one {self.what} needs ({self}); the nodes have: {has}"

    def is_surely_short(self) -> bool:
        """Whether the actors of this process leave too little, so that nothing can be running."""
        total, held = ray().cluster_resources(), held_by_actors()
        return any(total.get(name, 0) - held.get(name, 0) < amount for name, amount in self.needs.items())

    def is_short(self) -> bool:
        """Whether the cluster has too little free now."""
        free = ray().available_resources()
        return any(free.get(name, 0) < amount for name, amount in self.needs.items())

    def situation(self) -> str:
        """What it needs, and what of that the cluster has."""
        total, free, held = ray().cluster_resources(), ray().available_resources(), held_by_actors()
        parts = []
        for name in self.needs:
            actors = f", {held[name]:g} held by actors of this program" if held.get(name) else ""
            parts.append(f"{name} {total.get(name, 0):g} ({free.get(name, 0):g} free{actors})")
        return f"one {self.what} needs {self}; the cluster has {', '.join(parts)}"

    def __str__(self) -> str:
        return ", ".join(f"{name} {amount:g}" for name, amount in self.needs.items()) or "nothing"
