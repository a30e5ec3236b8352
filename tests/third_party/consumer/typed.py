"""A user's program that a type checker has to accept."""

from pathlib import Path

import cocoindex as coco
from cocoindex.connectors import acme, localfs, sqlite
from cocoindex.ops.text import RecursiveSplitter
from cocoindex.plugins import Plugin, list_plugins
from cocoindex.resources.chunk import Chunk


@coco.fn(memo=True)
async def process(file: localfs.File, board: Path) -> int:
    text = await file.read_text()
    chunks: list[Chunk] = RecursiveSplitter().split(text, chunk_size=100)
    acme.pin(board, "first", chunks[0].text)
    return len(chunks)


def names() -> list[str]:
    plugins: list[Plugin] = list_plugins("cocoindex.ops")
    return [plugin.name for plugin in plugins]


assert sqlite
