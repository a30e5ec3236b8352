"""Ask before something is removed. Layer `cli`."""

from __future__ import annotations

import click


def confirmed(what: str) -> bool:
    """Ask to type `yes`, in any case; all else is a no. Without anybody to answer, the command is aborted."""
    answer: str = click.prompt(f"Type 'yes' to {what}", default="", show_default=False)
    return answer.lower() == "yes"
