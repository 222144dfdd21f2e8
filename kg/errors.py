"""Errors of kg. Every one that a caller may meet derives from `KgError`:

KgError
├── InputError              what was given cannot be used
│   ├── FormatError         no reader knows this input, or it breaks its own format
│   ├── LimitError          an input passes a safety cap (decompressed size, ratio, record length)
│   ├── RecordError         one record is unusable; readers hand it to quarantine and go on
│   ├── CorrectionsError    corrections.yaml has a bad entry; the message names file and line
│   ├── QueryError          unknown query, missing or mistyped parameter, broken header, Cypher refused
│   └── NotFoundError       no paper or entity of that name; the message offers near ones
├── SchemaError             a row breaks the graph schema (unknown label, wrong type, null key)
├── ModelError              shipped or given model data is missing or fails its checksum
└── StoreError              a store could not do what was asked
    ├── StoreURLError       not a store URL, or one that carries a password
    ├── StoreUnavailable    cannot be reached, or went away (transient)
    ├── StoreBusy           held by another writer, or a deadlock (transient)
    ├── StoreAuthError      user or password refused
    ├── StoreForeign        the database holds our labels but no KgMeta node, or another schema version
    ├── StoreCorrupt        the file is damaged, of another version, or no store at all
    ├── StoreFull           no space left, or read-only
    └── OutcomeUnknown      the connection broke during COMMIT: send the same write again (transient)
"""


class KgError(Exception):
    """Root of the tree. `str(error)` is one line for the user: what, which, and the way out."""

    transient = False
    """Whether the same call may succeed when sent again."""


class InputError(KgError):
    """What was given cannot be used."""


class FormatError(InputError):
    """No reader knows this input, or it breaks its own format."""


class LimitError(InputError):
    """An input passes a safety cap: decompressed size, compression ratio, length of a record."""


class RecordError(InputError):
    """One record is unusable; the run goes on without it."""


class CorrectionsError(InputError):
    """An entry of corrections.yaml is wrong; the message names file and line."""


class QueryError(InputError):
    """Unknown query, missing or mistyped parameter, broken header, or Cypher that the store refuses."""


class NotFoundError(InputError):
    """No paper or entity has that name."""


class SchemaError(KgError):
    """A row breaks the graph schema."""


class ModelError(KgError):
    """Shipped or given model data is missing or fails its checksum."""


class StoreError(KgError):
    """A store could not do what was asked."""


class StoreURLError(StoreError):
    """Not a store URL, or one that carries a password."""


class StoreUnavailable(StoreError):
    """The store cannot be reached, or went away."""

    transient = True


class StoreBusy(StoreError):
    """The store is held by another writer, or a deadlock was broken at our cost."""

    transient = True


class StoreAuthError(StoreError):
    """User or password refused."""


class StoreForeign(StoreError):
    """The database holds our labels but no KgMeta node, or one of another schema version."""


class StoreCorrupt(StoreError):
    """The file is damaged, of another version, or no store at all."""


class StoreFull(StoreError):
    """No space left, or no permission to write."""


class OutcomeUnknown(StoreError):
    """The connection broke during COMMIT. Writes are idempotent: send the same one again."""

    transient = True
