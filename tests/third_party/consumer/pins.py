"""A program that uses the example of a third party: pins the titles that it is given to a board, and removes others."""

import pathlib
import sys
from collections.abc import Iterator

import cocoindex as coco
from cocoindex.connectors import acme


@coco.lifespan
def lifespan(builder: coco.EnvironmentBuilder) -> Iterator[None]:
    builder.settings.db_path = pathlib.Path("acme.db")
    yield


@coco.fn
async def main(titles: list[str]) -> None:
    for title in titles:
        acme.pin(pathlib.Path("board"), title, f"text of {title}")


coco.App("Pins", main, sys.argv[1:]).update_blocking()
