"""The local file system: directories as sources, files and directories as targets.

Connector layer: the facade.
"""

from . import errors as errors
from ._dir_items import DirItems as DirItems
from ._dir_target import DirTarget as DirTarget
from ._dir_target import declare_dir_target as declare_dir_target
from ._dir_target import declare_file as declare_file
from ._dir_target import dir_target as dir_target
from ._dir_target import mount_dir_target as mount_dir_target
from ._dir_walker import DirWalker as DirWalker
from ._dir_walker import walk_dir as walk_dir
from ._file import File as File
from ._file_path import FilePath as FilePath

#: The version of the interface for plugins that this is written for.
requires_api = 1

__all__ = [
    "DirItems",
    "DirTarget",
    "DirWalker",
    "File",
    "FilePath",
    "declare_dir_target",
    "declare_file",
    "dir_target",
    "errors",
    "mount_dir_target",
    "walk_dir",
]
