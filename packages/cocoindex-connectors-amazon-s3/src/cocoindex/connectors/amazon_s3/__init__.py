"""Amazon S3 and compatible stores: objects as sources and as targets.

Connector layer: the facade.
"""

from . import errors as errors
from ._bucket_target import BucketTarget as BucketTarget
from ._bucket_target import declare_object as declare_object
from ._file import S3File as S3File
from ._file_path import S3FilePath as S3FilePath
from ._get import get_object as get_object
from ._get import read as read
from ._walker import S3Items as S3Items
from ._walker import S3Walker as S3Walker
from ._walker import list_objects as list_objects

#: The version of the interface for plugins that this is written for.
requires_api = 1

__all__ = [
    "BucketTarget",
    "S3File",
    "S3FilePath",
    "S3Items",
    "S3Walker",
    "declare_object",
    "errors",
    "get_object",
    "list_objects",
    "read",
]
