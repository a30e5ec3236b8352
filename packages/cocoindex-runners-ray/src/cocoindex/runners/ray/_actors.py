"""Actors: long-lived workers, which are replaced if they die or are ended."""

from __future__ import annotations

import logging
import os
import threading
import time
import weakref
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from typing import Any, Final

from ._ray import ray
from ._slot import Slot

logger = logging.getLogger("cocoindex")

# Ray may place some on a node that is gone before it knows that.
_TRIES_TO_START: Final = 6
_FIRST_PAUSE_SECONDS: Final = 0.1
_SECONDS_TO_END: Final = 5.0
_LOOKS_EVERY_SECONDS: Final = 0.01

_all: weakref.WeakSet[ActorSlot] = weakref.WeakSet()


class ActorSlot(Slot):
    """One actor. It takes tasks when it has answered once, which it cannot before the cluster had room for it.

    Args:
        make: has Ray make an actor.
        call: submits messages to one.
        needs: what it holds, by Ray's names.
        retries: how often the lane sends a call again whose actor died.
    """

    says_when_stopped = True

    def __init__(
        self,
        make: Callable[[], Any],
        call: Callable[[Any, list[bytes]], Any],
        needs: Mapping[str, float],
        retries: int,
    ) -> None:
        super().__init__(retries)
        self.needs = needs
        self._make = make
        self._call = call
        self._actor: Any = None
        self._failed_starts = 0
        self._is_closed = False
        self._process = "", 0
        self._has_ended = threading.Event()
        _all.add(self)

    def start(self) -> None:
        """Have Ray make an actor; `changed` is called once it answers, or cannot be had. It does not wait for that."""
        try:
            actor = self._actor = self._make()
            answer = actor.ping.remote().future()
        except Exception as error:  # the cluster is gone
            self._give_up(error)
            return
        if self._is_closed:
            self.close()
            return
        answer.add_done_callback(self._answered)

    def capacity(self) -> int:
        return 1

    def send(self, messages: list[bytes]) -> Any:
        return self._call(self._actor, messages)

    def stop(self, reference: Any) -> None:
        """The actor is ended where another takes its place: wait for that."""
        self._has_ended.wait()

    def lost(self) -> None:
        if self.is_ready:
            self.is_ready = False
            self._has_ended = threading.Event()
            replace = threading.Thread(
                target=self._replace, args=[self._actor, self._has_ended], name="cocoindex-ray-actor", daemon=True
            )
            replace.start()

    def close(self, *, is_gone: bool = False) -> None:
        self._is_closed = True
        actor, self._actor = self._actor, None
        if actor is not None and not is_gone:  # else Ray would wait for the cluster
            try:
                ray().kill(actor)
            except Exception as error:  # the connection has ended
                logger.debug("an actor could not be ended: %s", error)

    def _replace(self, actor: Any, has_ended: threading.Event) -> None:
        """Runs in a thread of its own: ending an actor waits for the thread in which Ray says what became of calls."""
        try:
            ray().kill(actor)  # it may only have been out of reach, and still run the call
            self._wait_for_end()
        except Exception as error:
            logger.debug("an actor that died could not be ended: %s", error)
        finally:
            has_ended.set()
        if not self._is_closed:
            self.start()

    def _wait_for_end(self) -> None:
        """Wait until its process has ended, where that is on this machine: Ray calls it dead before."""
        node, pid = self._process
        until = time.monotonic() + _SECONDS_TO_END
        if node == ray().get_runtime_context().get_node_id():
            while _is_running(pid) and time.monotonic() < until:
                time.sleep(_LOOKS_EVERY_SECONDS)

    def _answered(self, answer: Future[Any]) -> None:
        error = answer.exception()
        if self._is_closed:
            return
        if error is None:
            self._failed_starts = 0
            self._process = answer.result()
            self.is_ready = True
            self.changed()
            return
        self._failed_starts += 1
        if self._failed_starts == _TRIES_TO_START or not _may_start_elsewhere(error):
            self._give_up(error)
            return
        pause = _FIRST_PAUSE_SECONDS * 2**self._failed_starts
        again = threading.Timer(pause, self._start_again)
        again.daemon = True
        again.start()

    def _start_again(self) -> None:
        if not self._is_closed:
            self.start()

    def _give_up(self, error: BaseException) -> None:
        self.failure = error
        self.changed()


def _is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except OSError:
        return False
    return True


def held_by_actors() -> dict[str, float]:
    """What the actors of this process hold, by Ray's names."""
    held: dict[str, float] = {}
    for slot in [*_all]:
        if slot.is_ready and not slot._is_closed:
            for name, amount in slot.needs.items():
                held[name] = held.get(name, 0.0) + amount
    return held


def _may_start_elsewhere(error: BaseException) -> bool:
    """Whether an actor that did not start died with its node or process, and not of what its code or node lacks."""
    return isinstance(error, ray().exceptions.RayActorError) and not error.actor_init_failed
