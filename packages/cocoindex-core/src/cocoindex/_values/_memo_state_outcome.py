"""`MemoStateOutcome`: the return value of a memo state function.

Layer `_values`.
"""

from __future__ import annotations

from collections.abc import Generator
from typing import Any, NamedTuple, Self


class MemoStateOutcome(NamedTuple):
    """Return value of a `__coco_memo_state__` method or a registered `state_fn`.

    Args:
        state: the state to store, and to pass as `prev_state` next time.
        memo_valid: whether the memoized result may still be used.
        recollect_after_run: whether to call it again, with `NON_EXISTENCE`, after the function has run, and store
            that state instead. Only used if the memoized result is not.
    """

    state: Any
    memo_valid: bool = False
    recollect_after_run: bool = False

    def __await__(self) -> Generator[None, None, Self]:
        """Return itself: callers of a state function need not know whether it is async."""
        yield from ()
        return self
