"""The border where the Neo4j driver's errors become ours."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from neo4j import exceptions as driver

from kg.errors import (
    KgError,
    OutcomeUnknown,
    QueryError,
    StoreAuthError,
    StoreBusy,
    StoreError,
    StoreFull,
    StoreUnavailable,
)

_BY_CODE: dict[str, type[KgError]] = {
    # Raised by MERGE where another transaction makes or deletes the same node.
    "Neo.ClientError.Statement.EntityNotFound": StoreBusy,
    "Neo.ClientError.Schema.ConstraintValidationFailed": StoreBusy,
    # Raised by IF NOT EXISTS where another loader makes the same constraint.
    "Neo.ClientError.Schema.EquivalentSchemaRuleAlreadyExists": StoreBusy,
    "Neo.ClientError.Schema.ConstraintAlreadyExists": StoreBusy,
    "Neo.ClientError.Transaction.TransactionMarkedAsFailed": StoreBusy,
    "Neo.ClientError.Transaction.TransactionNotFound": StoreBusy,
    # The driver's names for two transient errors: it waited too long for another's lock, or the server shuts down.
    "Neo.ClientError.Transaction.LockClientStopped": StoreBusy,
    "Neo.ClientError.Transaction.Terminated": StoreBusy,
    "Neo.ClientError.Transaction.TransactionTimedOutClientConfiguration": StoreBusy,
    "Neo.ClientError.Database.DatabaseNotFound": StoreError,
    "Neo.ClientError.General.WriteOnReadOnlyAccessDatabase": StoreFull,
    "Neo.ClientError.General.ReadOnly": StoreFull,
}

_BY_CLASS: tuple[tuple[type[Exception], type[KgError]], ...] = (
    (driver.IncompleteCommit, OutcomeUnknown),
    (driver.ServiceUnavailable, StoreUnavailable),
    (driver.SessionExpired, StoreUnavailable),
    (driver.ConnectionPoolError, StoreUnavailable),
    (driver.AuthConfigurationError, StoreAuthError),
    (driver.AuthError, StoreAuthError),
    (driver.Forbidden, StoreAuthError),
    (driver.ForbiddenOnReadOnlyDatabase, StoreFull),
    (driver.DatabaseUnavailable, StoreUnavailable),
    (driver.NotALeader, StoreUnavailable),
    (driver.TransientError, StoreBusy),
    (driver.ClientError, QueryError),
    (driver.DatabaseError, StoreError),
    (driver.Neo4jError, StoreError),
    (driver.DriverError, StoreError),
    (OSError, StoreUnavailable),
)
"""Most specific first."""

_WAYS_OUT: dict[type[KgError], str] = {
    StoreUnavailable: "is the server running, and is that its address?",
    StoreAuthError: "set NEO4J_USER and NEO4J_PASSWORD",
    StoreFull: "free space on the server, or make its database writable",
    OutcomeUnknown: "send the same again",
}


@contextmanager
def translated(url: str) -> Iterator[None]:
    """Raises our error in place of the driver's."""
    try:
        yield
    except KgError:
        raise
    except (driver.Neo4jError, driver.DriverError, OSError) as error:
        raise translate(error, url) from error


def translate(error: Exception, url: str) -> KgError:
    """The error in our words, with the first line of the server's own."""
    line = _first_line(error)
    kind = _kind(error)
    if kind is QueryError:
        return QueryError(f"the store refuses the query: {line}")
    if _code(error) == "Neo.ClientError.Database.DatabaseNotFound":
        return StoreError(f"{url}: {line}; set NEO4J_DATABASE")
    way_out = _WAYS_OUT.get(kind)
    return kind(f"{url}: {line}; {way_out}" if way_out else f"{url}: {line}")


def _kind(error: Exception) -> type[KgError]:
    if "no space left" in str(error).casefold():
        return StoreFull
    if _code(error).startswith("Neo.ClientError.Security."):
        return StoreAuthError
    by_code = _BY_CODE.get(_code(error))
    return by_code or next(ours for theirs, ours in _BY_CLASS if isinstance(error, theirs))


def _code(error: Exception) -> str:
    return (error.code or "") if isinstance(error, driver.Neo4jError) else ""


def _first_line(error: Exception) -> str:
    text = error.message if isinstance(error, driver.Neo4jError) and error.message else str(error)
    lines = text.strip().splitlines()
    return " ".join(lines[0].split()) if lines else type(error).__name__
