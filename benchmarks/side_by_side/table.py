"""Prints rows as a table: of aligned columns, or in Markdown."""

from __future__ import annotations

from collections.abc import Sequence

Row = Sequence[str]


def print_table(title: str, header: Row, rows: Sequence[Row], markdown: bool) -> None:
    """Print `rows` under `header`, with `title` above."""
    lines = _markdown_lines(header, rows) if markdown else _aligned_lines(header, rows)
    print(f"\n{title}\n", *lines, sep="\n")


def _markdown_lines(header: Row, rows: Sequence[Row]) -> list[str]:
    return [_piped(header), _piped(["---"] * len(header)), *map(_piped, rows)]


def _piped(row: Row) -> str:
    return f"| {' | '.join(row)} |"


def _aligned_lines(header: Row, rows: Sequence[Row]) -> list[str]:
    widths = [max(map(len, column)) for column in zip(header, *rows, strict=True)]
    return [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in (header, *rows)
    ]
