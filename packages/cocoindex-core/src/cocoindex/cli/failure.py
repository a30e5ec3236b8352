"""Reports a failed command: one line on standard error, and an exit code. Layer `cli`."""

from __future__ import annotations

import os
import signal
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from typing import Any, Final, TypeGuard

import click

from cocoindex._shown import masked, without_passwords

from .._described import described, origins, shown_with, text_of
from .._runtime import portal
from .._runtime.failure import component_note
from .._runtime.termination import Terminated, exit_code, taking
from .._runtime.user_frames import frames_text, user_frames
from ..errors import CocoIndexError
from .interruptible import leave_at_once
from .standard_streams import open_closed_streams

#: The command could not do what it was told.
FAILED = 1
#: What was typed is not a command. (click's own exit code.)
USAGE = 2
#: The update is done, but for components that failed, and `--strict` was given.
INCOMPLETE = 3
_MOST_CAUSES: Final = 20
_TITLE: Final = "Traceback (most recent call last, without the framework's frames):\n"


class ReportingGroup(click.Group):
    """A group of commands that reports the exception of a command by a message and an exit code."""

    def main(self, *args: Any, **kwargs: Any) -> Any:
        """Run the command line."""
        open_closed_streams()
        return super().main(*args, **kwargs)

    def make_context(self, *args: Any, **kwargs: Any) -> click.Context:
        """Parse the options before the name of the command."""
        with _hiding_passwords():
            return super().make_context(*args, **kwargs)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; `click` itself reports wrong usage."""
        try:
            with taking(signal.SIGINT, signal.SIGTERM, at_once=leave_at_once), _hiding_passwords():
                return super().invoke(ctx)
        except (click.ClickException, click.exceptions.Exit, click.Abort):
            raise
        except (KeyboardInterrupt, Terminated) as error:
            signum = signal.SIGTERM if isinstance(error, Terminated) else signal.SIGINT
            if portal.is_left_behind():  # the program has a handler of its own
                leave_at_once(signum)
            how = "interrupted" if signum is signal.SIGINT else "terminated"
            report(f"{how}; what was under way is finished, and the next update goes on from there")
            ctx.exit(exit_code(signum))
        except CocoIndexError as error:
            note = component_note(error)
            report(text_of(error) if note is None else f"{text_of(error)} ({note})")
            ctx.exit(FAILED)
        except Exception as error:
            if isinstance(error, BrokenPipeError) and not user_frames(error):
                raise  # nobody reads the output any more, as with `| head`; click ends with 1, and says nothing
            if _is_of_output(error):
                report(f"the output cannot be written: {os.strerror(error.errno or 0)}")
                ctx.exit(FAILED)
            sys.stderr.write(user_part(error)[0])
            report(f"{described(error)}{place_of(error)}")
            ctx.exit(FAILED)


def _is_of_output(error: Exception) -> TypeGuard[OSError]:
    """Return whether writing the command's own output failed, for example because the disk is full."""
    if not isinstance(error, OSError) or error.errno is None or error.filename is not None:
        return False
    return traceback.extract_tb(error.__traceback__)[-1].name == "echo"


@contextmanager
def _hiding_passwords() -> Iterator[None]:
    """Remove passwords from usage errors, which quote the arguments."""
    try:
        yield
    except click.ClickException as error:
        vars(error)["message"] = masked(error.message)
        raise


def report(message: str) -> None:
    """Print the error in one line on standard error."""
    click.echo("Error: " + " ".join(line.strip() for line in without_passwords(message).splitlines()), err=True)


def place_of(error: BaseException) -> str:
    """Return ` (FILE:LINE, in FUNCTION; in component PATH)`: the last of the user's frames, and the component.

    Unknown parts are omitted. The message of a `SyntaxError` contains its location already.
    """
    frames = [] if isinstance(error, SyntaxError) else user_frames(error)
    last = [f"{os.path.basename(frame.filename)}:{frame.lineno}, in {frame.name}" for frame in frames[-1:]]
    note = component_note(error)
    parts = "; ".join(last if note is None else [*last, note])
    return f" ({parts})" if parts else ""


def user_part(error: BaseException) -> tuple[str, str]:
    """Return the traceback through user code of an exception and of its causes, and the frames alone; empty if none."""
    found = [(at, frames) for at in islice(shown_with(error), _MOST_CAUSES) if (frames := frames_text(at))]
    if not found:
        found = [(at, frames) for at in origins(error) if (frames := frames_text(at))][:1]
    told = [f"{_TITLE}{frames}{described(at)}\n\nThat led to the next exception.\n\n" for at, frames in found[:0:-1]]
    told += [f"{_TITLE}{frames}" for _, frames in found[:1]]
    return without_passwords("".join(told)), "".join(frames for _, frames in found)
