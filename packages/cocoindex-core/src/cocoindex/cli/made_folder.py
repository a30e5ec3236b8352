"""Create a folder with files, completely or not at all. Layer `cli`."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from pathlib import Path

import click

# The temporary folder for the files until all are written. If it still exists, a run was interrupted.
_UNFINISHED = ".cocoindex-init-unfinished"


def make_folder(where: Path, files: Mapping[str, str]) -> None:
    """Create these files, given by relative path, in the folder `where`, which must be missing or empty.

    Raises:
        click.ClickException: the folder is not empty or cannot be written; nothing was changed.
    """
    is_new = not os.path.isdir(where)
    made: list[Path] = []
    try:
        where.mkdir(parents=True, exist_ok=True)
        unfinished = _claimed(where)
        made.append(unfinished)
        _write(unfinished, files)
        for entry in sorted(unfinished.iterdir()):
            made.append(entry.rename(where / entry.name))
        unfinished.rmdir()
    except BaseException as error:
        _remove(made, where if is_new else None)
        if isinstance(error, OSError):
            raise click.ClickException(
                f"{str(where)!r} cannot be created: {error}; nothing was left behind; name another folder with --dir"
            ) from error
        raise


def _claimed(where: Path) -> Path:
    """Return a new temporary folder in `where`, after checking that `where` is empty."""
    there = sorted(entry.name for entry in where.iterdir())
    unfinished = where / _UNFINISHED
    if there and _UNFINISHED not in there:
        raise click.ClickException(
            f"{str(where)!r} is not empty: {there[0]!r} is in it; name a new or an empty folder with --dir"
        )
    try:
        unfinished.mkdir()
    except FileExistsError:
        raise click.ClickException(
            f"{str(where)!r} was left unfinished by an `init` that was killed, or another one is running there; "
            "remove the folder, or name another one with --dir"
        ) from None
    return unfinished


def _write(folder: Path, files: Mapping[str, str]) -> None:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")


def _remove(made: list[Path], folder: Path | None) -> None:
    for path in made:
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)
    if folder is not None:
        try:
            folder.rmdir()
        except OSError:  # somebody else has put something into it
            pass
