"""What is measured of live programs: each case runs one program, changes what it watches, and returns its figures."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from .live_process import LiveProcess
from .schedule import PROGRAMS

Figures = dict[str, float]
# The Python of a side and a folder for all that the case writes.
Case = Callable[[str, Path], Figures]

FILES_A_FOLDER = 100


class Goal(NamedTuple):
    """The unit of a figure, what ours must not exceed, and how many times lower than the peer's it is to be."""

    unit: str
    at_most: float | None = None
    times_better: float | None = None


GOALS = {
    "one file changed, p50": Goal("ms", 10, 1),
    "one file changed, p99": Goal("ms", 40),
    "burst of 200 files": Goal("s", 0.5, 5),
    "burst of 2000 files": Goal("s", 5, 5),
    "burst of 200 files, CPU": Goal("s"),
    "burst of 2000 files, CPU": Goal("s"),
    "10000 files watched, idle": Goal("% CPU", 0.1),
    "100000 changes of 100 keys, growth": Goal("MB", 10),
    "100000 changes of 100 keys, time": Goal("s"),
    "beside a target of 1 s a call, p50": Goal("ms", 50),
    "beside a target of 1 s a call, p99": Goal("ms"),
}


def latency(changes: int) -> Case:
    """Write one of 100 watched files, `changes` times, each after the one before has reached the target."""

    def measure(python: str, place: Path) -> Figures:
        folder = _make(place / "files", 100)
        with _watching(python, folder, place) as process:
            _settle(process, folder, 100)
            took: list[float] = []
            for number in range(changes):
                path, value = _path(folder, number % 100), f"change {number}"
                began = time.monotonic_ns()
                path.write_text(f"{value}\n")
                took.append((process.until(path.relative_to(place).as_posix(), value).at - began) / 1e6)
                time.sleep(0.02)  # as a person's changes, not those of a loop that waits for the last one
        return {"one file changed, p50": _at(took, 0.5), "one file changed, p99": _at(took, 0.99)}

    return measure


def burst(files: int) -> Case:
    """Write `files` of the watched files as fast as possible; the time until the last one has reached the target,
    and the CPU of the program until then."""

    def measure(python: str, place: Path) -> Figures:
        folder = _make(place / "files", files)
        with _watching(python, folder, place) as process:
            _settle(process, folder, files)
            cpu, began = process.cpu_seconds(), time.monotonic_ns()
            for number in range(files):
                _path(folder, number).write_text("burst\n")
            wanted = {(_path(folder, number).relative_to(place).as_posix(), "burst") for number in range(files)}
            took = max(process.collect(wanted).values()) - began
            cpu = process.cpu_seconds() - cpu
        return {f"burst of {files} files": took / 1e9, f"burst of {files} files, CPU": cpu}

    return measure


def idle(files: int, seconds: float) -> Case:
    """Watch `files` for `seconds` in which nothing happens."""

    def measure(python: str, place: Path) -> Figures:
        folder = _make(place / "files", files)
        with _watching(python, folder, place) as process:
            _settle(process, folder, files)
            before, began = process.cpu_seconds(), time.monotonic()
            time.sleep(seconds)
            used = (process.cpu_seconds() - before) / (time.monotonic() - began)
        return {f"{files} files watched, idle": used * 100}

    return measure


def memory(changes: int) -> Case:
    """Change 100 keys of a feed `changes` times in all; the growth is that of the last four fifths."""

    def measure(python: str, place: Path) -> Figures:
        with LiveProcess([python, str(PROGRAMS / "live_feed.py"), "memory", str(changes)], place) as process:
            warm = process.until("warm")
            end = process.until("end")
        growth, took = (int(end.value) - int(warm.value)) / 1e6, (end.at - warm.at) / 1e9
        what = f"{changes} changes of 100 keys"
        return {f"{what}, growth": growth, f"{what}, time": took}

    return measure


def beside_slow(changes: int) -> Case:
    """Change keys of a feed, while another feed keeps a target busy that takes 1 s a call."""

    def measure(python: str, place: Path) -> Figures:
        with LiveProcess([python, str(PROGRAMS / "live_feed.py"), "beside", str(changes)], place) as process:
            made: dict[tuple[str, str], int] = {}
            took: list[float] = []
            while len(took) < changes * 0.95:  # of two changes of a key that overlap, one may be left out
                told = process.next()
                if told.name.startswith("key-"):
                    key, is_made, _ = told.name.partition("-made")
                    if is_made:
                        made[key, told.value] = told.at
                    elif (key, told.value) in made:
                        took.append((told.at - made[key, told.value]) / 1e6)
        what = "beside a target of 1 s a call"
        return {f"{what}, p50": _at(took, 0.5), f"{what}, p99": _at(took, 0.99)}

    return measure


def _watching(python: str, folder: Path, place: Path) -> LiveProcess:
    return LiveProcess([python, str(PROGRAMS / "live_folder.py"), folder.relative_to(place).as_posix()], place)


def _settle(process: LiveProcess, folder: Path, files: int) -> None:
    """Wait until all files are in the target and a change of one of them comes through: then it watches."""
    place = folder.parent
    process.collect({(_path(folder, number).relative_to(place).as_posix(), "new") for number in range(files)})
    process.quiet(1)
    probe = _path(folder, 0)
    probe.write_text("probe\n")
    process.until(probe.relative_to(place).as_posix(), "probe")
    process.quiet(1)


def _make(folder: Path, files: int) -> Path:
    for number in range(files):
        path = _path(folder, number)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("new\n" + "A line of a note.\n" * 20)
    return folder


def _path(folder: Path, number: int) -> Path:
    return folder / f"part{number // FILES_A_FOLDER:03}" / f"note{number:05}.txt"


def _at(values: list[float], part: float) -> float:
    return sorted(values)[min(int(len(values) * part), len(values) - 1)]
