"""Reports of test suites on a connector: as a table, as JSON, or as a page. Testing kit."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from enum import StrEnum
from typing import Any, NamedTuple

from .capability import Capability


class Outcome(StrEnum):
    """The outcome of a check."""

    PASSED = "passed"
    FAILED = "failed"
    WARNED = "warned"
    SKIPPED = "skipped"


class CheckResult(NamedTuple):
    """The result of a check: capability, whether the driver claims it, the reason if it did not pass, seconds."""

    name: str
    capability: Capability
    claimed: bool
    outcome: Outcome
    reason: str
    seconds: float

    def as_json(self) -> dict[str, Any]:
        """Return the result as plain data."""
        return {
            "check": self.name,
            "capability": self.capability.label,
            "claimed_by": self.capability.member,
            "claimed": self.claimed,
            "outcome": str(self.outcome),
            "reason": self.reason,
            "seconds": round(self.seconds, 3),
        }

    @staticmethod
    def of_json(data: dict[str, Any]) -> CheckResult:
        """Return the result that `as_json` converted."""
        [capability] = [each for each in Capability if each.label == data["capability"]]
        return CheckResult(
            data["check"], capability, data["claimed"], Outcome(data["outcome"]), data["reason"], data["seconds"]
        )


class SuiteReport(NamedTuple):
    """The results of one suite for one connector.

    Attributes:
        connector: the name that the driver gives its connector; may be empty.
        suite: the name of the author's class that derives from the suite.
        driver: the name of the driver.
        about: the first line of the driver's docstring.
        suite_version: the driver's `suite_version`.
        results: the results of the checks, in the order in which they ran.
    """

    connector: str
    suite: str
    driver: str
    about: str
    suite_version: str
    results: list[CheckResult]

    @property
    def title(self) -> str:
        """A short name of what was tested."""
        return f"{self.connector or self.suite}: {self.driver}"

    @property
    def failures(self) -> list[CheckResult]:
        """The checks that failed."""
        return [result for result in self.results if result.outcome is Outcome.FAILED]

    def as_json(self) -> dict[str, Any]:
        """Return the report as plain data."""
        return {**self._asdict(), "results": [result.as_json() for result in self.results]}

    @staticmethod
    def of_json(data: dict[str, Any]) -> SuiteReport:
        """Return the report that `as_json` converted."""
        return SuiteReport(**{**data, "results": [CheckResult.of_json(result) for result in data["results"]]})

    def rows(self) -> Iterator[tuple[str, str, str]]:
        """Yield one row for each capability: its name, whether it is claimed, and the outcomes of its checks."""
        for capability in Capability:
            results = [result for result in self.results if result.capability is capability]
            if not results:
                continue
            if not results[0].claimed:
                yield capability.label, f"no (`{capability.member}`)", f"{len(results)} skipped"
            else:
                yield capability.label, "yes", counted(results)


def report_on(suite: type, driver: Any, results: list[CheckResult]) -> SuiteReport:
    """Return a report on the connector of a driver."""
    about = (type(driver).__doc__ or "").strip().partition("\n")[0].rstrip(".")
    said = getattr(driver, "suite_version", "0.1")
    name = getattr(driver, "connector", "")
    return SuiteReport(name, suite.__name__, type(driver).__name__, about, said, results)


def counted(results: Iterable[CheckResult]) -> str:
    """Return the numbers of passed, failed and other checks, as text."""
    counts = Counter(result.outcome for result in results)
    return ", ".join(f"{counts[outcome]} {outcome}" for outcome in Outcome if counts[outcome])


def as_table(report: SuiteReport) -> list[str]:
    """Return the lines of a table for a terminal."""
    rows = list(report.rows())
    width = max(len(row[0]) for row in rows)
    claim = max(len(row[1]) for row in rows)
    lines = [f"{report.title}: {report.about}" if report.about else report.title]
    lines += [f"  {label:<{width}}  {claimed:<{claim}}  {went}" for label, claimed, went in rows]
    for result in report.results:
        if result.outcome in (Outcome.FAILED, Outcome.WARNED):
            lines.append(f"  {result.outcome}: {result.name}")
    return lines


def as_line(report: SuiteReport) -> str:
    """Return a summary in one line."""
    unclaimed = [label for label, claimed, _ in report.rows() if claimed != "yes"]
    rest = f"; not claimed: {', '.join(unclaimed)}" if unclaimed else ""
    ran = [result for result in report.results if result.claimed]
    return f"{report.title}: {counted(ran)}{rest}"


def as_page(reports: Iterable[SuiteReport]) -> str:
    """Return a Markdown page, without the parts that differ between runs."""
    parts = []
    for report in sorted(reports, key=lambda report: report.title):  # pytest-xdist runs them in any order
        table = ["| Capability | Claimed | Checks |", "| --- | --- | --- |"]
        table += [f"| {label} | {claimed} | {went} |" for label, claimed, went in report.rows()]
        told = [f"- {result.outcome}: `{result.name}`" for result in report.results if result.outcome in _TOLD]
        about = [f"{report.about}.", ""] if report.about else []
        parts.append("\n".join([f"## {report.title}", "", *about, *table, *(["", *told] if told else []), ""]))
    return _HEAD + "\n".join(parts)


_HEAD = """# Conformance of connectors

Results of the test suites in `cocoindex.testing`, written by `pytest --cocoindex-report FILE.md`. For a capability
that is not claimed, the brackets show the attribute or method of the driver that would claim it.

"""
_TOLD = (Outcome.FAILED, Outcome.WARNED)
