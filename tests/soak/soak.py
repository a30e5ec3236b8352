"""Changes a folder at random, kills and restarts the program that watches it, and compares with a rebuild from nothing.

    python tests/soak/soak.py SECONDS [SEED]

`nox -s soak` runs it for an hour; a test runs it for 20 s.
"""

from __future__ import annotations

import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from random import Random
from urllib.parse import quote

from churn import Churn

PROGRAM = Path(__file__).with_name("program.py")
# Seconds after which a change that is not in the targets is lost, and a program that does not stop hangs.
PATIENCE = 60


def main() -> None:
    seconds = float(sys.argv[1])
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else time.time_ns() % 1_000_000
    print(f"seed {seed}", flush=True)
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell has what it starts with `&` ignore it
    with tempfile.TemporaryDirectory(prefix="soak-") as scratch:
        soak = Soak(Path(scratch).resolve(), Random(seed))
        end = time.monotonic() + seconds
        while True:
            soak.epoch()
            if time.monotonic() > end:
                break
        soak.finish()


class Soak:
    """One folder, one store and its targets, through many programs."""

    def __init__(self, place: Path, chance: Random) -> None:
        self._place = place
        self._chance = chance
        self._churn = Churn(place / "folder", chance)
        self._kept = place / "kept"
        self._kept.mkdir()
        self._began = self._kept / "began"
        self._epochs = 0

    def epoch(self) -> None:
        """One program from its start to its end, which may be any."""
        chance, began, changes = self._chance, time.monotonic(), 0
        with self._running() as process:
            for _ in range(chance.randint(1, 5)):
                changes += self._change(chance.randint(1, 60), pause=chance.choice([0, 0.001, 0.02]))
                if chance.random() < 0.4:
                    self._settle(process)
            how = chance.choice([signal.SIGKILL, signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
            self._stop(process, how)
        changes += self._change(chance.choice([0, 0, 5, 30]), pause=0)
        self._epochs += 1
        print(f"{self._epochs}: {changes} changes, {how.name}, {time.monotonic() - began:.1f} s", flush=True)

    def finish(self) -> None:
        """Have one more program settle, then compare with a rebuild."""
        with self._running() as process:
            self._settle(process)
            self._stop(process, signal.SIGTERM)
        rebuilt = self._place / "rebuilt"
        rebuilt.mkdir()
        subprocess.run(self._command(rebuilt), check=True)
        if (kept := _held(self._kept)) != (anew := _held(rebuilt)):
            sys.exit(f"the targets differ from a rebuild from nothing: {_difference(anew, kept)}")
        print(f"{self._epochs} programs, and the targets are as a rebuild has them: {len(anew[0])} files", flush=True)

    def _change(self, count: int, pause: float) -> int:
        for _ in range(count):
            self._churn.change()
            if pause:
                time.sleep(pause * self._chance.random())
        return count

    def _settle(self, process: subprocess.Popen[bytes]) -> None:
        """Wait until the targets are as the folder."""
        texts = {quote(path, safe=""): text for path, text in self._churn.expected().items()}
        wanted = ({name: text.upper() for name, text in texts.items()}, texts)
        end = time.monotonic() + PATIENCE
        while (held := _held(self._kept)) != wanted:
            if (code := process.poll()) is not None:
                sys.exit(f"the program has ended with {code}")
            if time.monotonic() > end:
                sys.exit(f"a change is lost: {_difference(wanted, held)}")
            time.sleep(0.02)

    def _stop(self, process: subprocess.Popen[bytes], how: signal.Signals) -> None:
        if how != signal.SIGKILL:  # before the update, an interrupt is Python's own
            self._await_begin(process)
        process.send_signal(how)
        try:
            code = process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            sys.exit(f"the program did not stop within {PATIENCE} s of {how.name}")
        if code not in (-how, 128 + how):
            sys.exit(f"the program ended with {code} on {how.name}")

    def _await_begin(self, process: subprocess.Popen[bytes]) -> None:
        end = time.monotonic() + PATIENCE
        while not self._began.exists():
            if process.poll() is not None or time.monotonic() > end:
                sys.exit(f"the program has not begun: {process.returncode}")
            time.sleep(0.02)

    @contextmanager
    def _running(self) -> Iterator[subprocess.Popen[bytes]]:
        self._began.unlink(missing_ok=True)
        log = self._place / "log"  # a file that goes while it is read is told there
        with log.open("wb") as errors:
            process = subprocess.Popen([*self._command(self._kept), "--live"], stderr=errors)
            try:
                yield process
            except SystemExit:
                print(log.read_text(errors="replace")[-8000:], flush=True)
                raise
            finally:
                process.kill()
                process.wait()

    def _command(self, place: Path) -> list[str]:
        return [sys.executable, str(PROGRAM), str(self._churn.root), str(place)]


Held = tuple[dict[str, str], dict[str, str]]


def _held(place: Path) -> Held:
    """What the folder and the table hold, by name."""
    files = {}
    for path in (place / "out").glob("[!.]*"):
        try:
            files[path.name] = path.read_text()
        except FileNotFoundError:  # gone meanwhile
            continue
    try:
        with closing(sqlite3.connect(f"file:{place / 'table.sqlite'}?mode=ro", uri=True)) as database:
            rows = dict(database.execute("SELECT name, text FROM files"))
    except sqlite3.OperationalError:  # not made yet, or locked
        rows = {}
    return files, rows


def _difference(wanted: Held, held: Held) -> str:
    said = []
    for what, here, there in zip(("files", "rows"), wanted, held, strict=True):
        missing, extra = sorted(here.keys() - there.keys()), sorted(there.keys() - here.keys())
        other = sorted(name for name in here.keys() & there.keys() if here[name] != there[name])
        said.append(f"{what} missing: {missing[:5]}, too many: {extra[:5]}, with another text: {other[:5]}")
    return "; ".join(said)


if __name__ == "__main__":
    main()
