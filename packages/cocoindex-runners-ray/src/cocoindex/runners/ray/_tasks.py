"""Creates and sends tasks and actors of Ray, and explains their failures."""

from __future__ import annotations

import pickle
from collections.abc import Mapping
from typing import Any, Final

from ._actors import ActorSlot
from ._cluster import resources
from ._ray import ray
from ._slot import Slot
from ._worker import Actor, Setup, answer
from .errors import RayCallError, RayClusterError

# For each place on the cluster, one task that runs and one that is ready to run.
_AHEAD: Final = 2
_MOST_BYTES_INLINE: Final = 10_000


class TaskSlot(Slot):
    """The whole cluster as a slot; calls are tasks, which Ray places, and retries if a worker dies.

    Args:
        setup: the setup of the workers.
        options: Ray's options for a task.
        needs: the resources of a task, by Ray's names.
        max_retries: how often Ray retries a task after its worker died.
    """

    def __init__(self, setup: Setup, options: Mapping[str, Any], needs: Mapping[str, float], max_retries: int) -> None:
        super().__init__(retries=0)
        self.is_ready = True
        self._function = ray().remote(max_retries=max_retries, **options)(answer)
        self._shared = _shared(setup)
        self._gpus = options.get("num_gpus", 0.0)
        self._needs = needs

    def capacity(self) -> int:
        total = resources()
        places = min((total.get(name, 0) / amount for name, amount in self._needs.items()), default=1.0)
        return max(1, int(places)) * _AHEAD

    def send(self, messages: list[bytes]) -> Any:
        return self._function.remote(self._shared, messages, self._gpus)

    def stop(self, reference: Any) -> None:
        ray().cancel(reference, force=True)


def make_actor_slots(
    setup: Setup, options: Mapping[str, Any], needs: Mapping[str, float], max_retries: int, count: int
) -> list[ActorSlot]:
    """Return a slot for each actor; none is started yet."""
    # No restarts or retries by Ray: these would wait for a lost node.
    made = ray().remote(max_restarts=0, max_task_retries=0, **options)(Actor)
    shared = _shared(setup)
    gpus = options.get("num_gpus", 0.0)
    return [
        ActorSlot(made.remote, lambda actor, messages: actor.answer.remote(shared, messages, gpus), needs, max_retries)
        for _ in range(count)
    ]


def _shared(setup: Setup) -> Any:
    """Return the form of the setup to send with each task: its bytes, or if these are large, a reference to them."""
    packed = pickle.dumps(setup)
    return packed if len(packed) < _MOST_BYTES_INLINE else ray().put(packed)


def has_died(error: BaseException) -> bool:
    """Say whether an exception of Ray means that a worker or its node was lost, so that the call may be retried."""
    gone = ray().exceptions
    kinds = (gone.RayActorError, gone.WorkerCrashedError, gone.NodeDiedError, gone.OutOfMemoryError)
    return isinstance(error, (*kinds, gone.ObjectLostError))


def explain(error: BaseException, name: str, deaths: int = 0) -> Exception:
    """Return the exception for a call that failed with an exception of Ray.

    Args:
        error: the exception of Ray.
        name: the name of the function.
        deaths: how often the worker of the call died.
    """
    if isinstance(error, (RayCallError, RayClusterError)):
        return type(error)(f"{name}: {error}")
    text = " ".join(line.strip() for line in str(error).splitlines() if line.strip())
    kind = type(error).__name__
    if "No module named 'cocoindex" in text:
        text = (
            "its worker has no cocoindex: install cocoindex-core and cocoindex-runners-ray of the same versions there"
        )
    elif kind == "OutOfMemoryError" or "OutOfMemory" in text or "due to memory pressure" in text:
        text = f"its worker ran out of memory; give the function resources={{'memory': ...}}: {text[:300]}"
    else:
        text = f"{kind}: {text[:500]}"
    tried = f" (its worker died {deaths} times)" if deaths > 1 else ""
    explained = RayCallError(f"the call of {name} on Ray has no result{tried}: {text}")
    explained.__cause__ = error
    return explained
