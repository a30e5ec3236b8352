"""Common tools for connectors, in addition to the core names. This module only re-exports names."""

from .._api_version import API_VERSION as API_VERSION
from .._function.processor import default_subpath_name as default_subpath_name
from .._numbers import is_number as is_number
from .._numbers import is_whole as is_whole
from .._shown import masked as masked
from .._shown import shown as shown
from ._single_watcher_guard import SingleWatcherGuard as SingleWatcherGuard
from .fingerprint import Fingerprint as Fingerprint
from .fingerprint import Fingerprintable as Fingerprintable
from .fingerprint import fingerprint_bytes as fingerprint_bytes
from .fingerprint import fingerprint_object as fingerprint_object
from .fingerprint import fingerprint_str as fingerprint_str
from .polling import polling as polling

# Messages, `help()` and pickles show this public module, not the private one that defines the object.
SingleWatcherGuard.__module__ = polling.__module__ = __name__
default_subpath_name.__module__ = masked.__module__ = shown.__module__ = __name__
is_number.__module__ = is_whole.__module__ = __name__
