"""What `cocoindex init` can make a distribution of: a connector or an operation. Layer `cli`."""

from __future__ import annotations

from typing import NamedTuple


class PluginKind(NamedTuple):
    """A kind of plugin.

    Attributes:
        word: what it is called in names and messages.
        group: the entry-point group, which is also the package that the one-file stand-in is in.
        template: the folder of `templates` with what is special to it.
        description: one line for `pyproject.toml`.
    """

    word: str
    group: str
    template: str
    description: str


CONNECTOR = PluginKind(
    "connector", "cocoindex.connectors", "connector", "Folders of records as sources and targets of CocoIndex"
)
SQL_CONNECTOR = CONNECTOR._replace(
    template="sql", description="Tables of SQLite files as sources and targets of CocoIndex"
)
OP = PluginKind("op", "cocoindex.ops", "op", "The most frequent words of texts, as an operation of CocoIndex")
