"""A kit for testing programs and connectors: targets that record what is done to them, and a clock that jumps."""

from .recording import RecordedAction as RecordedAction
from .recording import RecordingContainers as RecordingContainers
from .recording import RecordingTarget as RecordingTarget
from .virtual_time import run_in_virtual_time as run_in_virtual_time
