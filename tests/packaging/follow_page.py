"""Do what a page of the docs says, word for word, as a reader would: `python follow_page.py PAGE FOLDER`.

Runs each block marked `sh` in a shell, one after the other; what one exports and where it goes holds for the next. A
block marked `sh fails` has to fail. A block with a title is a file of that name, which is written where the shell is.
What stands below `<!-- not run: WHY -->` is passed over. Each line of a `text` block has to be in what the block before
it printed; `…` in it stands for anything, and any space for any other. The clock of the reader is shown.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

_BLOCK = re.compile(
    r"^(?P<skipped><!-- not run: [^>]+ -->\n)?"
    r'```(?P<kind>sh|sh fails|text|\w+ title="(?P<file>[^"]+)")\n(?P<text>.*?)^```$',
    re.MULTILINE | re.DOTALL,
)
_SHELL = ("bash", "-euo", "pipefail", "-c")
# What a block leaves behind is written down at its end, also where it fails.
_RUN = """
exec 2>&1
[ -f "$1/exports" ] && . "$1/exports"
[ -f "$1/folder" ] && cd "$(cat "$1/folder")"
trap 'export -p > "$1/exports"; pwd > "$1/folder"' EXIT
. "$1/block"
"""


class DiffersFromPage(Exception):
    """A block did something else than the page says."""


@dataclass
class Block:
    """Commands of a page, and what they are to print."""

    commands: str
    fails: bool
    printed: list[str] = field(default_factory=list)


def blocks_of(page: str) -> list[Block]:
    """Return the blocks that a reader would type."""
    blocks: list[Block] = []
    for match in _BLOCK.finditer(page):
        text = match["text"]
        if match["skipped"]:
            continue
        if match["file"]:
            blocks.append(Block(_write(match["file"], text), fails=False))
        elif match["kind"] == "text":
            blocks[-1].printed += text.splitlines()
        else:
            blocks.append(Block(text, fails=match["kind"].endswith("fails")))
    return blocks


def _write(file: str, text: str) -> str:
    return f"mkdir -p $(dirname {file})\ncat > {file} <<'END OF FILE'\n{text}END OF FILE\n"


def follow(page: Path, folder: Path) -> list[tuple[float, str]]:
    """Run the blocks of a page in `folder`; return how many seconds each took, and how it begins.

    Raises:
        DiffersFromPage: one failed, or should have, or printed something else.
    """
    took: list[tuple[float, str]] = []
    with TemporaryDirectory() as state:
        for block in blocks_of(page.read_text(encoding="utf-8")):
            began = time.monotonic()
            Path(state, "block").write_text(block.commands)
            command = [*_SHELL, _RUN, "follow", state]
            done = subprocess.run(command, cwd=folder, stdout=subprocess.PIPE, text=True, check=False)
            took.append((time.monotonic() - began, "; ".join(block.commands.splitlines())[:80]))
            _check(block, done.returncode, done.stdout)
    return took


def _check(block: Block, code: int, printed: str) -> None:
    if (code != 0) != block.fails:
        raise DiffersFromPage(f"ended with exit code {code}:\n{block.commands}\nand printed:\n{printed}")
    lines = [" ".join(line.split()) for line in printed.splitlines()]
    for expected in block.printed:
        pattern = ".*".join(re.escape(part) for part in " ".join(expected.split()).split("…"))
        if not any(re.fullmatch(pattern, line) for line in lines):
            raise DiffersFromPage(f"did not print {expected!r}:\n{block.commands}\nbut:\n{printed}")


def clock(took: list[tuple[float, str]]) -> str:
    """Return the table of what took how long."""
    lines, total = [], 0.0
    for seconds, command in took:
        total += seconds
        lines.append(f"{seconds:6.1f} s  {int(total) // 60}:{int(total) % 60:02d}  {command}")
    return "\n".join(lines)


if __name__ == "__main__":
    os.environ.setdefault("PIP_DISABLE_PIP_VERSION_CHECK", "1")
    print(clock(follow(Path(sys.argv[1]), Path(sys.argv[2]))))
