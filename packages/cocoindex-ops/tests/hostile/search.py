"""Looks for texts that take splitting and searching code too much time or memory: `nox -s hostile -- [LANGUAGE ...]`.

Each language is a process of its own with a limit on its memory. What takes more than two seconds or 300 MB for 100 kB,
or ends the process, is printed; the exit status is then 1.
"""

from __future__ import annotations

import argparse
import json
import logging
import random
import resource
import subprocess
import sys
import threading
import time
from collections.abc import Callable

from hostile_texts import make_texts

from cocoindex.ops.code import CodePattern, index_terms
from cocoindex.ops.text import RecursiveSplitter
from cocoindex.ops.text.errors import CodeSourceError

SMALL, LARGE = 20_000, 100_000
MEGABYTES = 300
ADDRESSES = 6 << 30
LANGUAGES = (
    *("astro", "c", "cpp", "csharp", "css", "fortran", "go", "html", "java", "javascript", "json", "julia", "kotlin"),
    *("markdown", "pascal", "php", "python", "r", "ruby", "rust", "scala", "solidity", "sql", "svelte", "swift"),
    *("toml", "tsx", "typescript", "vue", "xml", "yaml"),
)


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("languages", nargs="*", help="which languages; all if none is given")
    parser.add_argument("--count", type=int, default=20, help="how many random texts of each kind")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument(
        "--seconds", type=float, default=2.0, help="what is too long for 100 kB; more on a busy machine"
    )
    parser.add_argument("--child", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--first", type=int, default=0, help=argparse.SUPPRESS)
    given = parser.parse_args()
    languages = given.languages or LANGUAGES
    if given.child:
        search(languages[0], given.count, given.seed, given.first)
        return 0
    findings = sum(search_in_process(language, given.count, given.seed, given.seconds) for language in languages)
    print(f"{findings} findings")
    return bool(findings)


def search_in_process(language: str, count: int, seed: int, limit: float) -> int:
    """Search in processes of their own, each from the text on after that at which the one before ended."""
    findings = first = tried = 0
    slowest = (0.0, "")
    begun = -1
    while begun != first:
        begun = first
        command = [sys.executable, __file__, "--child", language, f"--count={count}", f"--seed={seed}"]
        child = subprocess.Popen([*command, f"--first={first}"], stdout=subprocess.PIPE, text=True)
        name = ""
        assert child.stdout is not None
        for line in child.stdout:
            number, name, size, seconds, megabytes = json.loads(line)
            if size == 0:
                first = number + 1  # this text is begun
                tried += 1
                continue
            slowest = max(slowest, (seconds * LARGE / size, name))
            if seconds > limit * max(size / LARGE, 0.4) or megabytes > MEGABYTES:
                findings += 1
                print(f"{language}: {name}: {size} bytes take {seconds:.2f} s, {megabytes} MB", flush=True)
        if child.wait() == 0:
            break
        findings += 1
        print(f"{language}: {name}: the process ended with {child.returncode}", flush=True)
    print(f"{language}: {tried} texts; the slowest takes {slowest[0]:.2f} s for 100 kB: {slowest[1][:60]}", flush=True)
    return findings


def search(language: str, count: int, seed: int, first: int) -> None:
    """Try the texts of a language, and print of each what it took."""
    resource.setrlimit(resource.RLIMIT_AS, (ADDRESSES, ADDRESSES))
    logging.disable()
    measured(lambda: RecursiveSplitter().split("a b\n" * 2000, 200, language=language))
    chance = random.Random(seed)
    for number, (name, make) in enumerate(make_texts(language, count, seed)):
        is_chosen = chance.random() < 0.05
        if number < first:
            continue
        tell(number, name, 0, 0, 0)
        small = try_out(number, name, make(SMALL), language, is_chosen)
        if small > 0.15 or is_chosen:
            try_out(number, name, make(LARGE), language, is_chosen)


def try_out(number: int, name: str, text: str, language: str, is_searched: bool) -> float:
    """Split a text, and search it, too; print what that took, and return the seconds of splitting."""
    size = len(text.encode())
    if size == 0:
        return 0.0
    seconds, megabytes = measured(lambda: RecursiveSplitter().split(text, 1000, language=language))
    tell(number, f"split: {name}", size, seconds, megabytes)
    if is_searched and size == SMALL:
        taken = measured(lambda: RecursiveSplitter().split(text, 100, chunk_overlap=90, language=language))
        tell(number, f"overlap: {name}", size, taken[0] / 4, taken[1])
    if is_searched and language != "markdown":
        for what, use in (
            ("index_terms", lambda: index_terms(text, language)),
            ("match", lambda: CodePattern(r"a(\X)", language).match_source(text)),
        ):
            taken = measured(use)
            # Without a tree there is none to look through: what is done with it takes Python's time.
            tell(number, f"{what}: {name}", size, taken[0] / 4, taken[1])
    return seconds


def measured(use: Callable[[], object]) -> tuple[float, int]:
    """The seconds of the processor, and the megabytes by which the peak of memory rose; in a thread, as in an app."""
    taken = list[float]()

    def run() -> None:
        start = time.thread_time()
        try:
            use()
        except CodeSourceError:
            pass
        taken.append(time.thread_time() - start)

    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    return taken[0], (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024


def tell(number: int, name: str, size: int, seconds: float, megabytes: int) -> None:
    print(json.dumps([number, name, size, round(seconds, 3), megabytes]), flush=True)


if __name__ == "__main__":
    sys.exit(main())
