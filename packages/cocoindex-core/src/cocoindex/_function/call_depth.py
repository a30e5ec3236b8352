"""Names the marked function whose recursion reached Python's limit, in place of an error that names nothing.

Layer: _function.
"""

from __future__ import annotations

import sys
from collections import Counter
from types import CodeType

from .._described import traceback_of
from ..errors import CallDepthError

_OURS = __name__.rpartition(".")[0]
_FEWEST = 20


def explained(error: BaseException) -> BaseException:
    """Return the error, or a `CallDepthError` for a `RecursionError` out of nested marked functions.

    Do not call this at that depth itself.
    """
    if type(error) is not RecursionError:
        return error
    callers: Counter[CodeType] = Counter()
    frames, is_called_by_us, at = 0, False, traceback_of(error)
    while at is not None:
        module = at.tb_frame.f_globals.get("__name__", "")
        is_ours = isinstance(module, str) and module.startswith(_OURS)
        if is_called_by_us and not is_ours:
            callers[at.tb_frame.f_code] += 1
        frames, is_called_by_us, at = frames + 1, is_ours, at.tb_next
    [(code, count)] = callers.most_common(1) or [(explained.__code__, 0)]
    return error if count < _FEWEST else _depth_error(code, count, frames)


def _depth_error(code: CodeType, count: int, frames: int) -> CallDepthError:
    where = f"{code.co_filename}, line {code.co_firstlineno}"
    return CallDepthError(
        f"{code.co_qualname}() ({where}) called itself {count} times deep, which is Python's limit: it allows "
        f"{sys.getrecursionlimit()} nested frames, and such a call takes {-(-frames // count)}. Raise the limit "
        "by sys.setrecursionlimit(), call it for smaller arguments first, whose results are then stored, or "
        "mark the function that calls it instead"
    )
