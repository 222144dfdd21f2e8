"""Sending again: what may pass is tried a bounded number of times, what lasts is not."""

import pytest

from kg.errors import OutcomeUnknown, QueryError, StoreBusy
from kg.stores.retry import FIRST_PAUSE, LONGEST_PAUSE, TRIES, persistent


class Failing:
    """Raises the errors one after the other, then returns "done"."""

    def __init__(self, *errors: Exception) -> None:
        self.errors = [*errors]

    def __call__(self) -> str:
        if self.errors:
            raise self.errors.pop(0)
        return "done"


def test_what_may_pass_is_sent_again() -> None:
    pauses: list[float] = []
    call = Failing(StoreBusy("a deadlock"), OutcomeUnknown("cut off"))
    assert persistent(call, pauses.append) == ("done", 2)
    assert FIRST_PAUSE / 2 <= pauses[0] <= FIRST_PAUSE <= pauses[1] <= 2 * FIRST_PAUSE


def test_what_lasts_is_raised_at_once() -> None:
    call = Failing(QueryError("no"), QueryError("not again"))
    with pytest.raises(QueryError, match=r"^no$"):
        persistent(call, lambda _: pytest.fail("paused"))


def test_the_last_error_is_raised_in_the_end() -> None:
    pauses: list[float] = []
    with pytest.raises(StoreBusy, match=r"^the last$"):
        persistent(Failing(*[StoreBusy("again")] * (TRIES - 1), StoreBusy("the last")), pauses.append)
    assert len(pauses) == TRIES - 1
    assert max(pauses) <= LONGEST_PAUSE
