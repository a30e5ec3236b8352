"""`detect_code_language`: the language of a file by its name. Ops layer."""

from __future__ import annotations

from ._arguments import check_text
from ._languages import EXTENSIONS


def detect_code_language(*, filename: str) -> str | None:
    """Return the name of the language that a file's extension stands for, or None where it stands for none.

    The name is one that `RecursiveSplitter.split` takes for `language=`. Case does not matter; folders are ignored.

    Args:
        filename: the name or path of a file, such as `"main.py"`.

    Raises:
        SplitterArgumentError: (a `TypeError`) `filename` is not a `str`.
    """
    _, dot, extension = check_text(filename, "filename").rpartition(".")
    return EXTENSIONS.get(extension.lower()) if dot else None
