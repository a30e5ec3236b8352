"""Splits the same texts with this project and with cocoindex 1.0.26, by turns; prints cost and quality side by side.

    python benchmarks/text_splitting.py --peer-python PATH [--megabytes 10] [--rounds 3] [--root FOLDER ...]

PATH is the Python of a virtual environment that has cocoindex==1.0.26. The texts are Markdown, Python and plain text
files below the folders given, by default those of this Python. Each measurement is a process of its own.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import sysconfig
import tempfile
import time
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

KINDS = {"markdown": ".md", "python": ".py", "plain text": ".txt"}
SIZES = ((1000, 0), (2000, 500))
STARTS = ("block", "line", "sentence", "word", "inside a word")


class Outcome(NamedTuple):
    """What one measurement gave: CPU seconds, peak bytes above the state before, and the byte spans of the chunks."""

    cpu: float
    peak: int
    spans: list[tuple[int, int]]


def main() -> None:
    arguments = _parse_arguments()
    if arguments.worker:
        _work(*arguments.worker)
        return
    pythons = {"ours": sys.executable, "peer": arguments.peer_python}
    print(f"{'text':11}{'size/overlap':>13}  {'MB/s ours':>10}{'peer':>7}{'CPU ratio':>11}", end="")
    print(f"  {'B/byte ours':>12}{'peer':>7}{'memory ratio':>14}")
    for kind, suffix in KINDS.items():
        with tempfile.TemporaryDirectory() as folder:
            text = Path(folder, "text")
            size = _collect(arguments.root, suffix, int(arguments.megabytes * 1e6), text)
            for chunk_size, overlap in SIZES:
                job = [str(text), "" if kind == "plain text" else kind, str(chunk_size), str(overlap)]
                _compare(kind, size, job, pythons, arguments.rounds)


def _parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--peer-python", default=sys.executable, help="the Python that has cocoindex==1.0.26")
    parser.add_argument("--megabytes", type=float, default=10, help="how much of each kind of text")
    parser.add_argument("--rounds", type=int, default=3, help="how often each measurement is made")
    parser.add_argument("--root", action="append", help="where texts are looked for", default=None)
    parser.add_argument("--worker", nargs=4, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    arguments.root = arguments.root or [sysconfig.get_path("stdlib"), sysconfig.get_path("purelib")]
    return arguments


def _collect(roots: list[str], suffix: str, limit: int, target: Path) -> int:
    """Write the texts that are found, one after the other, and return how many bytes they are."""
    size = 0
    with target.open("wb") as joined:
        for path in _files(roots, suffix):
            if size >= limit:
                break
            data = path.read_bytes()
            try:
                data.decode()
            except UnicodeDecodeError:
                continue
            size += joined.write(data + b"\n")
    return size


def _files(roots: list[str], suffix: str) -> Iterator[Path]:
    for root in roots:
        yield from sorted(path for path in Path(root).rglob(f"*{suffix}") if path.is_file())


def _compare(kind: str, size: int, job: list[str], pythons: dict[str, str], rounds: int) -> None:
    outcomes: dict[str, list[Outcome]] = {name: [] for name in pythons}
    for _ in range(rounds):
        for name, python in pythons.items():
            outcomes[name].append(_run(python, job))
    cpu = {name: statistics.median(o.cpu for o in done) for name, done in outcomes.items()}
    peak = {name: statistics.median(o.peak for o in done) / size for name, done in outcomes.items()}
    speed = {name: size / 1e6 / seconds for name, seconds in cpu.items()}
    print(f"{kind:11}{job[2]:>8}/{job[3]:<4}  {speed['ours']:10.1f}{speed['peer']:7.1f}", end="")
    print(f"{cpu['ours'] / cpu['peer']:11.2f}  {peak['ours']:12.1f}{peak['peer']:7.1f}", end="")
    print(f"{peak['ours'] / peak['peer']:14.2f}" if peak["peer"] else f"{'-':>14}")
    data = Path(job[0]).read_bytes()
    for name, done in outcomes.items():
        print(f"    {name}: {_describe(data, done[-1].spans, int(job[2]), int(job[3]))}")


def _run(python: str, job: list[str]) -> Outcome:
    environment = {**os.environ, "COCOINDEX_DISABLE_USAGE_TRACKING": "1"}
    command = [python, __file__, "--worker", *job]
    done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, check=True, text=True)
    return Outcome(**json.loads(done.stdout))


def _work(path: str, language: str, chunk_size: str, overlap: str) -> None:
    """Split one text, in this process, and print the outcome."""
    from cocoindex.ops.text import RecursiveSplitter

    text = Path(path).read_bytes().decode()  # as it is, whatever its line ends are
    splitter = RecursiveSplitter()
    before = _forget_peak()
    start = time.process_time()
    chunks = splitter.split(text, int(chunk_size), chunk_overlap=int(overlap), language=language or None)
    cpu = time.process_time() - start
    peak = _memory("VmHWM") - before
    spans = [(chunk.start.byte_offset, chunk.end.byte_offset) for chunk in chunks]
    print(json.dumps({"cpu": cpu, "peak": peak, "spans": spans}))


def _forget_peak() -> int:
    """Have the kernel count the peak of this process from now on, and return what it holds now (Linux only)."""
    Path("/proc/self/clear_refs").write_text("5")
    return _memory("VmRSS")


def _memory(name: str) -> int:
    line = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith(name))
    return int(line.split()[1]) * 1024


def _describe(data: bytes, spans: list[tuple[int, int]], limit: int, overlap: int) -> str:
    """The quality of a splitting in one line."""
    sizes = [end - start for start, end in spans]
    counts = dict.fromkeys(STARTS, 0)
    for start, _ in spans[1:]:
        counts[_kind_of_start(data, start)] += 1
    starts = ", ".join(f"{name} {count / max(len(spans) - 1, 1):.1%}" for name, count in counts.items())
    repeated = [before[1] - after[0] for before, after in pairwise(spans)]
    facts = [
        f"{len(spans)} chunks, mean {statistics.mean(sizes):.0f} B, below half {sum(s < limit // 2 for s in sizes)}, "
        f"too large {sum(s > limit for s in sizes)}, lost {_lost(data, spans)} B"
    ]
    if overlap:
        facts.append(f"repeated {statistics.mean(max(r, 0) for r in repeated):.0f} of {overlap} B")
    return "; ".join([*facts, f"begin with: {starts}"])


def _kind_of_start(data: bytes, start: int) -> str:
    line = data.rfind(b"\n", 0, start) + 1
    if not data[line:start].strip():
        above = data[data.rfind(b"\n", 0, max(line - 1, 0)) + 1 : line]
        return "line" if above.strip() else "block"
    before = data[max(start - 4, 0) : start].decode(errors="ignore")
    if before[-1:].isspace():
        return "sentence" if before.rstrip()[-1:] in (".", "!", "?", "") else "word"
    after = data[start : start + 4].decode(errors="ignore")[:1]
    return "inside a word" if (before[-1:] + after).isalnum() else "word"


def _lost(data: bytes, spans: list[tuple[int, int]]) -> int:
    """How many bytes that are no whitespace are in no chunk."""
    lost, reached = 0, 0
    for start, end in [*spans, (len(data), len(data))]:
        if start > reached:
            lost += len(b"".join(data[reached:start].split()))
        reached = max(reached, end)
    return lost


if __name__ == "__main__":
    main()
