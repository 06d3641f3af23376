"""The world's events as log lines: what its counters count, told one by one.

``occurrences`` finds the moments, ``scene`` and ``people`` know the story, ``security``, ``database``, ``requests`` and
``health`` write the lines, ``journal`` answers for a window.
"""

from noc.demo.events.journal import TELLINGS, Journal

__all__ = ["TELLINGS", "Journal"]
