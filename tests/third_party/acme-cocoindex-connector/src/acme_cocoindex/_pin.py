"""Pins as target states: what to compare, what to do about a difference, and the function that users call."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path
from typing import NamedTuple

import cocoindex as coco
from cocoindex.connectorkits.fingerprint import fingerprint_str


class _Change(NamedTuple):
    file: str
    text: str | None  # None removes the pin


def _apply(context: coco.ContextProvider, changes: Sequence[_Change]) -> None:
    for change in changes:
        file = Path(change.file)
        if change.text is None:
            file.unlink(missing_ok=True)
        else:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(change.text, encoding="utf-8")


class PinHandler:
    """Says what turns the pin that may be there into the one that is wanted; remembers a fingerprint of its text."""

    def __init__(self) -> None:
        self._sink = coco.TargetActionSink.from_fn(_apply)

    def reconcile(
        self,
        key: coco.StableKey,
        desired: str | coco.NonExistenceType,
        prev_possible_records: Collection[bytes],
        prev_may_be_missing: bool,
        /,
    ) -> coco.TargetReconcileOutput[_Change, bytes] | None:
        """Compare, without any I/O; `key` is the board and the title."""
        board, title = _board_and_title(key)
        file = str(Path(board, f"{title}.pin"))
        if coco.is_non_existence(desired):
            return coco.TargetReconcileOutput(_Change(file, None), self._sink, coco.NON_EXISTENCE)
        record = fingerprint_str(desired)
        if not prev_may_be_missing and all(known == record for known in prev_possible_records):
            return None
        return coco.TargetReconcileOutput(_Change(file, desired), self._sink, record)


def _board_and_title(key: coco.StableKey) -> tuple[str, str]:
    match key:
        case (str(board), str(title)):
            return board, title
    raise TypeError(f"a pin is known by its board and its title, not by {key!r}")


_pins = coco.register_root_target_states_provider("acme.example/pin", PinHandler())


def pin(board: Path, title: str, text: str) -> None:
    """Declare that `board` has a pin `title` that says `text`; called in a processing component.

    A pin that is not declared any more is taken down by the next update.
    """
    coco.declare_target_state(_pins.target_state((str(board), title), text))
