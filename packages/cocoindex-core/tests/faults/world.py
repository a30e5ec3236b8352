"""What all parts of the program share: its places, targets and the version of its source."""

from __future__ import annotations

from typing import Any

import cocoindex as coco

from .holdings import Containers, Holder, Identified, Rows
from .sites import SITES
from .targets import Emptied, Pickled, Reporting, Slotted, Tracked, Unique

FLAT, LATE, ROWS = Identified("flat", SITES, is_async=False), Holder("late", SITES, is_async=True), Rows(SITES)
TABLES = Containers(SITES, ROWS, "destructive")
TRACKED, PICKLED = Tracked("tracked", SITES, is_async=False), Pickled("pickled", SITES, is_async=False)
REPORTING, UNIQUE = Reporting("reporting", SITES), Unique("unique", SITES, is_async=False)
SLOTTED, EMPTIED = Slotted("slotted", SITES), Emptied("emptied", SITES)
HOLDERS = [FLAT, LATE, TABLES, ROWS, ROWS.indexes, TRACKED, PICKLED, REPORTING, UNIQUE]
HOLDERS += [SLOTTED, SLOTTED.rows, EMPTIED, EMPTIED.rows]

flat: Any = coco.register_root_target_states_provider("faults/flat", FLAT)
late: Any = coco.register_root_target_states_provider("faults/late", LATE)
tables: Any = coco.register_root_target_states_provider("faults/tables", TABLES)
tracked: Any = coco.register_root_target_states_provider("faults/tracked", TRACKED)
pickled: Any = coco.register_root_target_states_provider("faults/pickled", PICKLED)
reporting: Any = coco.register_root_target_states_provider("faults/reporting", REPORTING)
unique: Any = coco.register_root_target_states_provider("faults/unique", UNIQUE)
slotted: Any = coco.register_root_target_states_provider("faults/slotted", SLOTTED)
emptied: Any = coco.register_root_target_states_provider("faults/emptied", EMPTIED)


class Source:
    """What the program reads: its version; and whether it runs for a preview, which has no slots."""

    version = 0
    previewed = False


SOURCE = Source()
RUNS: list[str] = []
FAILED: list[str] = []


def declare(provider: Any, path: str, number: int, value: Any) -> None:
    coco.declare_target_state(provider.target_state(f"{path}#{number}", value))
