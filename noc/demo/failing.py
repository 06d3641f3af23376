"""How an emulated server fails in a story."""

from __future__ import annotations

from typing import Literal

from noc.demo.encoding import NEVER, Reply, text_reply

Failure = int | Literal["hang"] | None
"""What is broken right now: an HTTP status to answer everything with, a server that never answers, or nothing."""


def healthy(_now: float) -> Failure:
    return None


def refusal(broken: Failure, now: float) -> Reply | None:
    """What such a server answers to everything; None where it works."""
    if broken == "hang":
        return NEVER
    if broken is None:
        return None
    return text_reply(broken, "Service Unavailable" if broken == 503 else f"{broken}", now)
