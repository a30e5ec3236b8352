"""Pytest plugin of `cocoindex.testing`: shows what its suites found out about a connector, and writes it to a file.

Pytest loads it wherever cocoindex-core is installed. So it imports nothing of cocoindex before a suite has run.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import pytest

if TYPE_CHECKING:
    from cocoindex.testing import SuiteReport

_RESULT = "cocoindex_check"


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("cocoindex", "conformance of connectors")
    group.addoption(
        "--cocoindex-report",
        metavar="FILE",
        type=Path,
        default=None,
        help="write what the suites of cocoindex.testing found out: Markdown where FILE ends with .md, else JSON",
    )


def pytest_configure(config: pytest.Config) -> None:
    config.pluginmanager.register(_Gathered(config), "cocoindex-report")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Any:
    """Hang the result of a check on its report, which travels from the processes of pytest-xdist."""
    report = yield
    found: SuiteReport | None = getattr(getattr(item, "instance", None), "cocoindex_report", None)
    if call.when == "call" and found is not None:
        report.user_properties.append((_RESULT, found.as_json()))
    return report


class _Gathered:
    """The results of all checks of a run, in the process that reports."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._found: dict[str, dict[str, Any]] = {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.when != "call":
            return
        for name, value in report.user_properties:
            if name == _RESULT:
                found = cast("dict[str, Any]", value)
                suite = report.nodeid.rpartition("::")[0]
                self._found.setdefault(suite, {**found, "results": []})["results"] += found["results"]

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        if not self._found:
            return
        from cocoindex.testing.report import as_line, as_table

        terminalreporter.section("conformance of connectors")
        quiet = self._config.get_verbosity() < 0
        for report in self._reports():
            for line in [as_line(report)] if quiet else as_table(report):
                terminalreporter.line(line)

    def pytest_sessionfinish(self) -> None:
        file: Path | None = self._config.getoption("--cocoindex-report")
        if file is None or hasattr(self._config, "workerinput"):
            return
        from cocoindex.testing.report import as_page

        reports = self._reports()
        if file.suffix == ".md":
            file.write_text(as_page(reports))
        else:
            file.write_text(json.dumps([report.as_json() for report in reports], indent=2) + "\n")

    def _reports(self) -> list[SuiteReport]:
        from cocoindex.testing.report import SuiteReport

        return [SuiteReport.of_json(found) for found in self._found.values()]
