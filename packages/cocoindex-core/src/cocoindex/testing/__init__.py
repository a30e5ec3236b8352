"""A kit for testing programs and connectors: targets that record, suites that connectors pass, a clock that jumps."""

from .live_source_driver import LiveSourceDriver as LiveSourceDriver
from .live_source_suite import LiveSourceSuite as LiveSourceSuite
from .recording import RecordedAction as RecordedAction
from .recording import RecordingContainers as RecordingContainers
from .recording import RecordingTarget as RecordingTarget
from .target_driver import TargetDriver as TargetDriver
from .target_suite import TargetSuite as TargetSuite
from .virtual_time import run_in_virtual_time as run_in_virtual_time
