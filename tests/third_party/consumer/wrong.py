"""A program with an error in each marked line: checkers that take the packages for untyped would see none of them."""

from cocoindex.connectors import acme
from cocoindex.ops.text import RecursiveSplitter
from cocoindex.plugins import list_plugins

acme.pin("board", 1, b"text")  # wrong
RecursiveSplitter().split(b"bytes", chunk_size="many")  # wrong
list_plugins(3)  # wrong
