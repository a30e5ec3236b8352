"""Turns the costs of both sides into medians, ratios and verdicts: the rows of the tables."""

from __future__ import annotations

from .cases import JUDGED_SIZE, Case, Phase
from .process import Cost
from .schedule import PhaseCosts

OURS = "ours"
PEER = "peer"

MEMORY_TARGET = 2.0
STORE_TARGET = 2.0
IMPORT_TARGET = 2.0
GROWTH_LIMIT = 1.25

RATIO_HEADER = ("case", "components", "phase", "CPU", "wall", "memory", "store")
MEDIAN_HEADER = ("case", "components", "phase", "CPU, s", "wall, s", "memory, MB", "store, MB")
GROWTH_HEADER = ("side", "phase", "µs a component, smaller", "larger", "growth")

Row = tuple[str, ...]


def median_cost(costs: list[Cost]) -> Cost:
    """Return the median of each figure by itself; of an even number of runs the lower one of the two in the middle."""
    return Cost(*(sorted(figures)[(len(costs) - 1) // 2] for figures in zip(*costs, strict=True)))


def ratio_row(case: Case, phase: Phase, costs: PhaseCosts) -> Row:
    """Return how many times ours the peer's figures are, each with its target where the case is of the judged size."""
    ours, peer = median_cost(costs[OURS]), median_cost(costs[PEER])
    judged = case.size == JUDGED_SIZE
    store_target = STORE_TARGET if judged and phase.name != "dropped" else None
    return (
        case.name,
        f"{case.size:,}".replace(",", " "),
        phase.name,
        rate(peer.cpu / ours.cpu, phase.cpu_target if judged else None),
        rate(peer.wall / ours.wall, None),
        rate(peer.peak / ours.peak, MEMORY_TARGET if judged else None),
        rate(peer.store / ours.store, store_target) if ours.store else "",
    )


def median_row(case_name: str, size: str, phase_name: str, costs: PhaseCosts) -> Row:
    """Return the medians, ours and the peer's."""
    medians = [median_cost(costs[side]) for side in costs]
    return (
        case_name,
        size,
        phase_name,
        " / ".join(f"{cost.cpu:.2f}" for cost in medians),
        " / ".join(f"{cost.wall:.2f}" for cost in medians),
        " / ".join(f"{cost.peak / 1e6:.0f}" for cost in medians),
        " / ".join(f"{cost.store / 1e6:.1f}" for cost in medians),
    )


def import_row(costs: PhaseCosts) -> Row:
    """Return the ratios of `import cocoindex`."""
    ours, peer = median_cost(costs[OURS]), median_cost(costs[PEER])
    ratios = (
        rate(peer.cpu / ours.cpu, IMPORT_TARGET),
        rate(peer.wall / ours.wall, None),
        rate(peer.peak / ours.peak, None),
    )
    return ("import cocoindex", "", "", *ratios, "")


def growth_rows(sizes: tuple[int, int], costs: tuple[list[PhaseCosts], ...], phases: tuple[Phase, ...]) -> list[Row]:
    """Return the CPU a component at two sizes, each beyond the CPU of no component, and how much it grows.

    `costs` holds those of no component, of the smaller and of the larger size, each by phase.
    """
    rows: list[Row] = []
    for side in costs[0][0]:
        for index, phase in enumerate(phases):
            none, *both = (median_cost(of_size[index][side]).cpu for of_size in costs)
            small, large = (1e6 * (cpu - none) / size for cpu, size in zip(both, sizes, strict=True))
            verdict = "✓" if large <= small * GROWTH_LIMIT else "✗"
            rows.append(
                (side, phase.name, f"{small:.1f}", f"{large:.1f}", f"{large / small:.2f} {verdict} (≤ {GROWTH_LIMIT})")
            )
    return rows


def rate(ratio: float, target: float | None) -> str:
    """Return a ratio as text, with the target and whether it is met."""
    text = f"{ratio:.1f}" if ratio < 10 else f"{ratio:.0f}"
    return text if target is None else f"{text} {'✓' if ratio >= target else '✗'} (≥ {target:g})"
