"""Tasks and actors of Ray: what they are asked for, what they cost, what their failures say."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Mapping
from typing import Any, Final

from ._cluster import resources
from ._lane import Slot
from ._ray import ray
from ._worker import Actor, Setup, answer
from .errors import RayCallError

_NAMES: Final = {"cpus": "num_cpus", "gpus": "num_gpus", "memory": "memory"}
_IN_RAY: Final = {"num_cpus": "CPU", "num_gpus": "GPU", "memory": "memory"}
# One that runs and one that is ready to, for each place that a call takes.
_AHEAD: Final = 2
_MOST_BYTES_INLINE: Final = 10_000


def ray_options(resources: Mapping[str, float]) -> dict[str, Any]:
    """What Ray calls these resources; what it has no name for is one of the cluster's own."""
    named = {_NAMES[name]: amount for name, amount in resources.items() if name in _NAMES}
    own = {name: amount for name, amount in resources.items() if name not in _NAMES}
    return {"num_cpus": 1, **named, **({"resources": own} if own else {})}


def check_that_it_fits(options: Mapping[str, Any]) -> None:
    """Raise where no node of the cluster has what one call needs: Ray would wait for such a node for ever.

    Raises:
        RayCallError: (a RuntimeError) none has.
    """
    needs = _needs(options)
    nodes = [node["Resources"] for node in ray().nodes() if node["Alive"]]
    if not any(all(node.get(name, 0) >= amount for name, amount in needs.items()) for node in nodes):
        what = ", ".join(f"{name} {amount:g}" for name, amount in needs.items())
        has = "; ".join(", ".join(f"{name} {node.get(name, 0):g}" for name in needs) for node in nodes)
        raise RayCallError(f"no node of the Ray cluster has what one call needs ({what}); the nodes have: {has}")


def make_task_slot(setup: Setup, options: Mapping[str, Any], max_retries: int) -> Slot:
    """One slot for the whole cluster, whose calls are tasks."""
    function = ray().remote(max_retries=max_retries, **options)(answer)
    shared = _shared(setup)
    needs_gpus = bool(options.get("num_gpus"))
    return Slot(
        lambda messages: function.remote(shared, messages, needs_gpus),
        lambda reference: ray().cancel(reference, force=True),
        _capacity(_needs(options)),
    )


def make_actor_slots(setup: Setup, options: Mapping[str, Any], max_retries: int, count: int) -> list[Slot]:
    """A slot for each actor. One that dies is started again."""
    made = ray().remote(max_restarts=-1, max_task_retries=max_retries, **options)(Actor)
    shared = _shared(setup)
    needs_gpus = bool(options.get("num_gpus"))

    def slot() -> Slot:
        actor = made.remote()

        def send(messages: list[bytes]) -> Any:
            return actor.answer.remote(shared, messages, needs_gpus)

        def stop(_: Any) -> None:
            nonlocal actor
            ray().kill(actor)  # one that Ray starts again would run the call again
            actor = made.remote()

        return Slot(send, stop, lambda: 1)

    return [slot() for _ in range(count)]


def _shared(setup: Setup) -> Any:
    """What each task is sent of it: itself, or a reference where it is large, which costs more than a few bytes."""
    packed = pickle.dumps(setup)
    return packed if len(packed) < _MOST_BYTES_INLINE else ray().put(packed)


def explain(error: BaseException, name: str) -> Exception:
    """The exception of a call of `name` that failed with an exception of Ray."""
    if isinstance(error, RayCallError):
        return RayCallError(f"{name}: {error}")
    text = " ".join(line.strip() for line in str(error).splitlines() if line.strip())
    kind = type(error).__name__
    if "No module named 'cocoindex" in text:
        text = (
            "its worker has no cocoindex: install cocoindex-core and cocoindex-runners-ray of the same versions there"
        )
    elif kind == "OutOfMemoryError":
        text = f"its worker ran out of memory; give the function resources={{'memory': ...}}: {text[:300]}"
    else:
        text = f"{kind}: {text[:500]}"
    explained = RayCallError(f"the call of {name} on Ray has no result: {text}")
    explained.__cause__ = error
    return explained


def _needs(options: Mapping[str, Any]) -> dict[str, float]:
    needs = {_IN_RAY[name]: amount for name, amount in options.items() if name in _IN_RAY and amount}
    return {**needs, **options.get("resources", {})}


def _capacity(needs: Mapping[str, float]) -> Callable[[], int]:
    """How many tasks keep the cluster busy; nodes come and go."""

    def count() -> int:
        total = resources()
        places = min((total.get(name, 0) / amount for name, amount in needs.items()), default=1.0)
        return max(1, int(places)) * _AHEAD

    return count
