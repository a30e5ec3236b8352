"""The store: an ordered key-value map (bytes to bytes) per app, in LMDB or in memory (layer 3; imports `_keys` and
errors only)."""

from .lmdb_store import database_exists as database_exists
from .lmdb_store import open_database as open_database
