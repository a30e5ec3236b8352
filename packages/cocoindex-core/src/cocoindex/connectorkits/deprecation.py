"""Keeps old names of a distribution for the two minor versions that `docs/stability.md` promises."""

from .._deprecation import moved_name as moved_name

moved_name.__module__ = __name__
