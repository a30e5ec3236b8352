"""A kit for testing programs and connectors: targets that record what is done to them."""

from .recording import RecordedAction as RecordedAction
from .recording import RecordingContainers as RecordingContainers
from .recording import RecordingTarget as RecordingTarget
