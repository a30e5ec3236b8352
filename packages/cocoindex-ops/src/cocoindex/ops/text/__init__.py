"""Splits texts into chunks, and detects languages by file names. Ops layer, facade: names only."""

from __future__ import annotations

from . import errors as errors
from ._by_separator import SeparatorSplitter as SeparatorSplitter
from ._custom_language import CustomLanguageConfig as CustomLanguageConfig
from ._detect import detect_code_language as detect_code_language
from ._recursive import RecursiveSplitter as RecursiveSplitter

#: The version of the interface for plugins that this is written for.
requires_api = 1

__all__ = ["CustomLanguageConfig", "RecursiveSplitter", "SeparatorSplitter", "detect_code_language", "errors"]
