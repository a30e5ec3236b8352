"""What the core does with nothing beside it: keeps a target in memory up to date with a folder."""

from __future__ import annotations

import pathlib

import cocoindex as coco
from cocoindex.testing import RecordingTarget

target = RecordingTarget("notes")
ran: list[str] = []


@coco.fn(memo=True)
async def note(file: tuple[str, str]) -> None:
    """Declare one file, given as its name and text."""
    name, text = file
    ran.append(name)
    target.declare(name, text.upper())


@coco.fn
async def notes(folder: pathlib.Path) -> None:
    """Mount a component for each file."""
    await coco.mount_each(note, [(name, (name, text)) for name, text in read(folder)])


def read(folder: pathlib.Path) -> list[tuple[str, str]]:
    """Return the files with their texts."""
    return [(path.name, path.read_text()) for path in sorted(folder.glob("*.txt"))]


def main() -> None:
    """Update three times: everything, nothing, what changed."""
    folder = pathlib.Path("notes")
    folder.mkdir()
    for name in ("one", "two"):
        (folder / f"{name}.txt").write_text(name)
    environment = coco.Environment(coco.Settings(db_path=pathlib.Path("core_alone.db")))
    app = coco.App(coco.AppConfig("Notes", environment=environment), notes, folder)
    app.update_blocking()
    expect({"one.txt": "ONE", "two.txt": "TWO"}, ["one.txt", "two.txt"])
    app.update_blocking()
    expect({"one.txt": "ONE", "two.txt": "TWO"}, [])
    (folder / "one.txt").write_text("1")
    (folder / "two.txt").unlink()
    app.update_blocking()
    expect({"one.txt": "1"}, ["one.txt"])


def expect(data: dict[str, str], names: list[str]) -> None:
    """Raise where the target holds something else, or other components ran."""
    if target.data != data or sorted(ran) != names:
        raise RuntimeError(f"the target holds {target.data}, {ran} ran")
    ran.clear()


if __name__ == "__main__":
    main()
