"""Every change of the set of public names is seen in review: it is a change of `public_names.txt`, too."""

from __future__ import annotations

from pathlib import Path

from tests.public_names.public_names import MODULES, public_names

GOLDEN = Path(__file__).with_name("public_names.txt")


def test_public_names_are_those_that_were_reviewed() -> None:
    now = [f"{module}.{name}" for module in MODULES for name in public_names(module)]
    reviewed = GOLDEN.read_text().split()
    assert {"new": sorted({*now} - {*reviewed}), "gone": sorted({*reviewed} - {*now})} == {"new": [], "gone": []}, (
        f"if this is meant, say so in the CHANGELOG and write these lines into {GOLDEN.name}:\n" + "\n".join(now)
    )


def test_the_facade_lists_names_only() -> None:
    import cocoindex

    lines = Path(cocoindex.__file__).read_text().splitlines()
    assert len(lines) < 150
