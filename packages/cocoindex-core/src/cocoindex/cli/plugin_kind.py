"""The kinds of plugins that `cocoindex init` can create: connectors and operations. Layer `cli`."""

from __future__ import annotations

from typing import NamedTuple


class PluginKind(NamedTuple):
    """A kind of plugin.

    Attributes:
        word: its name in messages and names of distributions.
        group: the entry-point group; also the package of the module that re-exports the plugin.
        template: the folder of `templates` with the files of this kind.
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
