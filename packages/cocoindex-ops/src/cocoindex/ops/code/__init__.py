"""Searches code by structure: patterns written as code are matched against syntax trees.

Facade of the code operations: names only.
"""

from ..text.code_source import CodeSource as CodeAst
from ..text.code_source import CodeSource as CodeSource
from . import errors as errors
from ._match_code import match_code as match_code
from ._pattern import CodePattern as CodePattern
from ._render import render_match as render_match
from ._results import CodeMatch as CodeMatch
from ._results import FileMatch as FileMatch
from ._terms import index_terms as index_terms

#: The version of the interface for plugins that this is written for.
requires_api = 1

__all__ = [
    "CodeAst",
    "CodeMatch",
    "CodePattern",
    "CodeSource",
    "FileMatch",
    "errors",
    "index_terms",
    "match_code",
    "render_match",
]
