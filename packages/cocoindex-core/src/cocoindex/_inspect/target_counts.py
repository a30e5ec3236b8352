"""How many target states an app has in each of its targets. Layer: _inspect."""

from __future__ import annotations

from collections import Counter

from .details import StoredApp
from .provider_paths import joined, readable


def count_by_target(stored: StoredApp) -> dict[str, int]:
    """Count the target states of an app.

    Returns:
        How many there are, by the readable path of the topmost container that they are in, such as a table or a folder,
        which counts itself; by that of the root provider for those in none. Ordered by path.
    """
    counts: Counter[tuple[bytes, ...]] = Counter()
    for entry, parts in stored.entries():
        target = [*parts, entry.key] if entry.container else parts
        counts[tuple(target[:2])] += 1
    return dict(sorted((joined(map(readable, target)), count) for target, count in counts.items()))
