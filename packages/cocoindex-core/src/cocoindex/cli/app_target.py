"""The argument APP_TARGET of the command line: a module or file, and optionally one of its apps. Layer `cli`."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from cocoindex._shown import shown

if TYPE_CHECKING:
    _ParamType = click.ParamType[Any]
else:
    _ParamType = click.ParamType  # generic only in the newest versions


class AppTarget(NamedTuple):
    """A parsed APP_TARGET.

    Attributes:
        module: a dotted module name, or the path of a Python file.
        app: the name of the app; empty for the only one.
        environment: the name of the app's environment; empty for any.
    """

    module: str
    app: str = ""
    environment: str = ""


class AppTargetType(_ParamType):
    """Reads `MODULE`, `MODULE:APP`, `MODULE:APP@ENVIRONMENT` and `MODULE:@ENVIRONMENT`."""

    name = "app_target"

    def get_missing_message(self, *_param: Any, **_ctx: Any) -> str:
        """Return what is missing; click passes less in older versions."""
        return "It is the file or module that defines the app, as in `cocoindex update app.py`."

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> AppTarget:
        """Return the parts of the text; fail as a wrong usage where one is missing."""
        if isinstance(value, AppTarget):
            return value
        # The name of a file may have a colon in it.
        file, ends, after = str(value).partition(".py")
        is_file = ends and (not after or after.startswith(":")) and os.path.isfile(file + ends)
        module, _, rest = (file + ends, "", after[1:]) if is_file else str(value).partition(":")
        app, at, environment = rest.partition("@")
        if not module:
            self.fail(
                f"{shown(value)} names no module or file; write it as app.py, app.py:APP or app.py:APP@ENVIRONMENT"
            )
        if at and not environment:
            self.fail(f"{shown(value)} names no environment after the '@'")
        return AppTarget(module, app, environment)
