"""Looks for the same patterns in the same files here and with cocoindex 1.0.26, by turns; prints cost and differences.

    python benchmarks/code_matching.py --peer-python PATH [--files 1000] [--rounds 3] [--root FOLDER ...] [--verbose]

PATH is the Python of a virtual environment that has cocoindex==1.0.26. The files are the Python files below the folders
given, by default those of this Python; a side looks for each pattern in all files, which it parses each time, then for
all patterns in files that it parses once. Each measurement is a process.
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
from pathlib import Path
from typing import NamedTuple

# What a reviewer might look for; some need words that few files have, some match in nearly every file.
PATTERNS = {
    "class": r"class \NAME(\(BASES*\)):",
    "function that opens": r"def \NAME(\(ARGS*\)): \{{ open(\(FILE+\)) \}}",
    "bare except": r"except:",
    "import of": r"from \MODULE import \(NAMES+\)",
    "shell": r"subprocess.\CALL(\(ARGS+\))",
    "equal to None": r"\X == None",
    "same on both sides": r"\X == \X",
    "isinstance of str": r"isinstance(\X, str)",
    "raise": r"raise \(ERROR:/\w*Error/\)(\(ARGS*\))",
    "comprehension": r"[\X for \Y in \Z]",
    "call with a word": r"\F(\(A*\), encoding=\E, \(B*\))",
    "decorated": r"@property def \NAME(self): return self.\ATTRIBUTE",
}

# What one pattern found in one file: for each match, its bytes, and by metavariable those of what it stands for.
Spans = list[tuple[int, int]]
Found = list[tuple[tuple[int, int], dict[str, Spans]]]


# All patterns, in sources that are parsed once.
TOGETHER = "all, parsed once"


class Outcome(NamedTuple):
    """One process: CPU seconds and what was found, by pattern; peak bytes of the process."""

    cpu: dict[str, float]
    found: dict[str, dict[str, Found]]
    peak: int


def main() -> None:
    arguments = _parse_arguments()
    if arguments.worker:
        _work(Path(arguments.worker))
        return
    pythons = {"ours": sys.executable, "peer": arguments.peer_python}
    with tempfile.TemporaryDirectory() as folder:
        listed = Path(folder, "files")
        files = _collect(arguments.root, arguments.files)
        listed.write_text("\n".join(map(str, files)))
        size = sum(path.stat().st_size for path in files)
        print(f"{len(files)} files, {size / 1e6:.1f} MB")
        outcomes: dict[str, list[Outcome]] = {name: [] for name in pythons}
        for _ in range(arguments.rounds):
            for name, python in pythons.items():
                outcomes[name].append(_run(python, listed))
    _report(outcomes)
    _compare(outcomes["ours"][0].found, outcomes["peer"][0].found, arguments.verbose)


def _parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--peer-python", default=sys.executable, help="the Python that has cocoindex==1.0.26")
    parser.add_argument("--files", type=int, default=1000, help="how many files")
    parser.add_argument("--rounds", type=int, default=3, help="how often each side is measured")
    parser.add_argument("--root", action="append", help="where files are looked for", default=None)
    parser.add_argument("--verbose", action="store_true", help="print each difference")
    parser.add_argument("--worker", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    arguments.root = arguments.root or [sysconfig.get_path("stdlib")]
    return arguments


def _collect(roots: list[str], count: int) -> list[Path]:
    """The first files, in order, that are text in UTF-8."""
    files: list[Path] = []
    for path in (path for root in roots for path in sorted(Path(root).rglob("*.py"))):
        if len(files) == count:
            break
        try:
            path.read_text(encoding="utf-8")
        except (UnicodeDecodeError, OSError):
            continue
        files.append(path)
    return files


def _run(python: str, listed: Path) -> Outcome:
    environment = {**os.environ, "COCOINDEX_DISABLE_USAGE_TRACKING": "1"}
    command = [python, __file__, "--worker", str(listed)]
    done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, check=True, text=True)
    return Outcome(**json.loads(done.stdout))


def _work(listed: Path) -> None:
    """Look for each pattern in all files, in this process, and print the outcome."""
    import resource

    from cocoindex.ops.code import CodePattern, CodeSource

    cpu: dict[str, float] = {}
    found: dict[str, dict[str, Found]] = {}
    texts = {path: Path(path).read_bytes().decode() for path in listed.read_text().split("\n")}
    for name, written in PATTERNS.items():
        pattern = CodePattern(written, "python")
        start = time.process_time()
        matched = {path: pattern.match_source(text) for path, text in texts.items()}
        cpu[name] = time.process_time() - start
        found[name] = {
            path: sorted(
                (
                    (match.chunks[0].start.byte_offset, match.chunks[-1].end.byte_offset),
                    {
                        variable: [(chunk.start.byte_offset, chunk.end.byte_offset) for chunk in chunks]
                        for variable, chunks in match.captures.items()
                    },
                )
                for match in matches
            )
            for path, matches in matched.items()
            if matches
        }
    patterns = [CodePattern(written, "python") for written in PATTERNS.values()]
    start = time.process_time()
    for text in texts.values():
        source = CodeSource(text, "python")
        for pattern in patterns:
            pattern.match_source(source)
    cpu[TOGETHER] = time.process_time() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    print(json.dumps(Outcome(cpu, found, peak)._asdict()))


def _report(outcomes: dict[str, list[Outcome]]) -> None:
    print(f"{'pattern':22}{'CPU, s: ours':>14}{'peer':>8}{'ours / peer':>13}{'matches: ours':>15}{'peer':>8}")
    for name in (*PATTERNS, TOGETHER):
        cpu = {side: statistics.median(done.cpu[name] for done in runs) for side, runs in outcomes.items()}
        count = {side: sum(map(len, runs[0].found.get(name, {}).values())) for side, runs in outcomes.items()}
        print(f"{name:22}{cpu['ours']:14.2f}{cpu['peer']:8.2f}{cpu['ours'] / cpu['peer']:13.2f}", end="")
        print(f"{count['ours']:15}{count['peer']:8}")
    for side, runs in outcomes.items():
        print(f"{side}: {statistics.median(done.peak for done in runs) / 1e6:.0f} MB of memory")


def _compare(ours: dict[str, dict[str, Found]], peers: dict[str, dict[str, Found]], verbose: bool) -> None:
    """Say in how many files the two found something else, and show it."""
    for name in PATTERNS:
        files = sorted(ours[name].keys() | peers[name].keys())
        other = [path for path in files if ours[name].get(path) != peers[name].get(path)]
        if other:
            print(f"{name}: other matches in {len(other)} of {len(files)} files")
        for path in other if verbose else ():
            data = Path(path).read_bytes()
            mine, theirs = ours[name].get(path, []), peers[name].get(path, [])
            for side, matches, others in (("ours", mine, theirs), ("peer", theirs, mine)):
                for match in matches:
                    if match not in others:
                        (start, end), captures = match
                        shown = {key: [data[a:b].decode() for a, b in spans] for key, spans in captures.items()}
                        print(f"  {side} only, {path}, {start}: {data[start:end].decode()!r:.200} {shown!r:.200}")


if __name__ == "__main__":
    main()
