"""Pasted text on its way from the terminal: what is between the marks of a paste stays between them.

Textual reads on for keys inside a paste: an escape in it makes keys of what follows (measured with 8.2: eight characters
or more), and a key may end an alert. Most terminals filter what they paste; tmux and the console do not.
"""

from __future__ import annotations

BEGIN, END = "\x1b[200~", "\x1b[201~"
ESCAPE = "\x1b"
SHOWN = "␛"


class Pastes:
    """Given what a terminal sends, piece by piece as it comes, returns it with the escapes inside of pastes shown."""

    def __init__(self) -> None:
        self._inside = False
        self._held = ""
        """The beginning of a mark that ends a paste, until its rest comes."""
        self._passed = ""
        """The last characters outside of a paste: a mark that begins one may come in two pieces. They were passed on."""

    def harmless(self, data: str) -> str:
        """The same, safe to be read for keys; a few characters may follow with the next piece."""
        out: list[str] = []
        text, self._held = self._held + data, ""
        while text:
            if self._inside:
                body, mark, text = text.partition(END)
                if not mark:
                    self._held = _begun(body)
                    body = body[: len(body) - len(self._held)]
                self._inside = not mark
                out += [body.replace(ESCAPE, SHOWN), mark]
            else:
                at = (self._passed + text).find(BEGIN)
                here = len(text) if at < 0 else at + len(BEGIN) - len(self._passed)
                out.append(text[:here])
                self._inside = at >= 0
                self._passed = "" if self._inside else (self._passed + text)[-len(BEGIN) + 1 :]
                text = text[here:]
        return "".join(out)


def _begun(text: str) -> str:
    """The longest end of a text with which the mark could begin."""
    return next((text[-size:] for size in range(len(END) - 1, 0, -1) if text.endswith(END[:size])), "")
