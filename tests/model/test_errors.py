"""Errors that are kept hold nothing but what they say."""

from __future__ import annotations

from noc.model.errors import Timeout, Unreachable


def test_an_error_that_is_kept_lets_go_of_the_calls_it_came_through() -> None:
    try:
        try:
            raise ConnectionRefusedError
        except ConnectionRefusedError as cause:
            raise Unreachable("connection refused") from cause
    except Unreachable as found:
        error = found
    assert error.__traceback__ is not None and error.__cause__ is not None
    kept = error.kept()
    assert kept is error and str(kept) == "connection refused"
    assert (kept.__traceback__, kept.__cause__, kept.__context__) == (None, None, None)


def test_an_error_that_was_never_raised_is_kept_as_it_is() -> None:
    assert Timeout("no answer within 10s", status=None).kept().cause == "no answer within 10s"
