"""Files as shared by all connectors: content, metadata, paths, and matchers that select files.

Resources layer: the facade; connectors derive their own files and paths from these.
"""

from . import errors as errors
from ._like import FileLike as FileLike
from ._matcher import FilePathMatcher as FilePathMatcher
from ._matcher import MatchAllFilePathMatcher as MatchAllFilePathMatcher
from ._matcher import checked_matcher as checked_matcher
from ._metadata import FileMetadata as FileMetadata
from ._metadata import moment_of as moment_of
from ._missed import MissedPatterns as MissedPatterns
from ._path import FilePath as FilePath
from ._pattern_matcher import PatternFilePathMatcher as PatternFilePathMatcher

__all__ = [
    "FileLike",
    "FileMetadata",
    "FilePath",
    "FilePathMatcher",
    "MatchAllFilePathMatcher",
    "MissedPatterns",
    "PatternFilePathMatcher",
    "checked_matcher",
    "errors",
    "moment_of",
]
