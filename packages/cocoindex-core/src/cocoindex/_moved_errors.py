"""Where the errors are now that `cocoindex.errors` once had for connectors, resources and operations.

Below every layer, beside `errors`; asked only for a name that `errors` lacks.
"""

from __future__ import annotations

_NAMES = {
    "cocoindex.connectors.amazon_s3.errors": (
        "S3AccessDeniedError S3ArgumentError S3ClientError S3Error S3NotFoundError S3ObjectChangedError"
    ),
    "cocoindex.connectors.localfs.errors": (
        "FileTargetError InvalidFileTargetError SourceDirectoryError SourceFileKindError "
        "SourceFileMissingError SourceFileUnreadableError TargetInSourceError UnreadableDirectoryError"
    ),
    "cocoindex.connectors.postgres.errors": (
        "PostgresArgumentError PostgresAttachmentError PostgresBusyError PostgresConnectionError "
        "PostgresExtensionError PostgresPoolError PostgresRecordTypeError PostgresRowError "
        "PostgresSchemaError PostgresTableError"
    ),
    "cocoindex.connectors.sqlite.errors": (
        "SqliteArgumentError SqliteBusyError SqliteConnectionError SqliteExtensionError SqliteLockError "
        "SqliteRecordTypeError SqliteRowError SqliteSchemaError SqliteTableError"
    ),
    "cocoindex.ops.code.errors": "CodePatternError",
    "cocoindex.ops.entity_resolution.errors": "EntityArgumentError PairDecisionError UnknownEntityError",
    "cocoindex.ops.litellm.errors": "ModelRequestError",
    "cocoindex.ops.sentence_transformers.errors": "UnknownPromptError",
    "cocoindex.ops.text.errors": (
        "CodeArgumentError CodeLanguageError CodeSourceError DuplicateLanguageError KeepSeparatorError "
        "SeparatorPatternError SplitSizeError SplitterArgumentError UnsplittableTextError"
    ),
    "cocoindex.resources.embedder": "EmbedderArgumentError EmbedderError",
    "cocoindex.resources.file.errors": (
        "FileArgumentError InvalidFileContentError InvalidFilePathError InvalidPatternError"
    ),
    "cocoindex.resources.rate_limit": "InvalidRateLimitError RateLimitTypeError",
    "cocoindex.resources.schema": "InvalidVectorSchemaError",
}

HOMES = {name: module for module, names in _NAMES.items() for name in names.split()}
