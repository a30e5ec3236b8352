"""A kit for testing programs and connectors: recording targets, test suites for connectors, virtual time."""

from .capability import Capability as Capability
from .check import SUITE_VERSION as SUITE_VERSION
from .leaf_target_driver import LeafTargetDriver as LeafTargetDriver
from .live_source_driver import LiveSourceDriver as LiveSourceDriver
from .live_source_suite import LiveSourceSuite as LiveSourceSuite
from .odd_things import ODD_KEYS as ODD_KEYS
from .odd_things import ODD_TEXTS as ODD_TEXTS
from .recording import RecordedAction as RecordedAction
from .recording import RecordingContainers as RecordingContainers
from .recording import RecordingTarget as RecordingTarget
from .report import CheckResult as CheckResult
from .report import Outcome as Outcome
from .report import SuiteReport as SuiteReport
from .run_suite import run_suite as run_suite
from .runner_driver import RunnerDriver as RunnerDriver
from .runner_suite import RunnerSuite as RunnerSuite
from .source_driver import SourceDriver as SourceDriver
from .source_suite import SourceSuite as SourceSuite
from .target_driver import TargetDriver as TargetDriver
from .target_suite import TargetSuite as TargetSuite
from .virtual_time import run_in_virtual_time as run_in_virtual_time
