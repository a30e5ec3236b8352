"""What a session of releases or of the matrix cannot go on without, said in one line."""

from __future__ import annotations


class Problem(Exception):
    """The session cannot go on; the text says in one line what is missing and what to do."""
