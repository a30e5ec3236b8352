from __future__ import annotations

import copy
import pickle

from cocoindex._values import NON_EXISTENCE, MemoStateOutcome, NonExistenceType, is_non_existence


def test_there_is_one() -> None:
    assert NonExistenceType() is NON_EXISTENCE
    assert copy.copy(NON_EXISTENCE) is copy.deepcopy([NON_EXISTENCE])[0] is NON_EXISTENCE
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        assert pickle.loads(pickle.dumps(NON_EXISTENCE, protocol)) is NON_EXISTENCE
    assert repr(NON_EXISTENCE) == "NON_EXISTENCE"


def test_nothing_else_is_it() -> None:
    assert is_non_existence(NON_EXISTENCE)
    assert not any(map(is_non_existence, (None, False, 0, "", NonExistenceType)))


def test_an_outcome_is_invalid_unless_said() -> None:
    assert MemoStateOutcome(1) == (1, False, False)
    assert MemoStateOutcome(state=1, memo_valid=True).memo_valid
