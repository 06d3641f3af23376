"""Templates of ``line_format`` and ``label_format``: text with simple fields. Anything cleverer is refused."""

from __future__ import annotations

import re
from collections.abc import Callable

from noc.demo.logql.fault import UnsupportedError
from noc.demo.logql.row import Row

_ACTION = re.compile(r"\{\{-?(.*?)-?\}\}", re.DOTALL)
_FIELD = re.compile(r"\s*\.([a-zA-Z_]\w*)\s*", re.ASCII)

Part = Callable[[Row], str]


class Template:
    """``{{.name}}`` stands for a label's value, nothing where the row has none. Raises UnsupportedError."""

    def __init__(self, text: str) -> None:
        self.fields: list[str] = []
        self._parts: list[tuple[str, str]] = []
        at = 0
        for action in _ACTION.finditer(text):
            field = _FIELD.fullmatch(action[1])
            if field is None or action[0].startswith("{{-") or action[0].endswith("-}}"):
                raise UnsupportedError(f"the template {action[0]}: only fields such as {{{{.message}}}}")
            self._parts.append((text[at : action.start()], field[1]))
            self.fields.append(field[1])
            at = action.end()
        self._rest = text[at:]
        if "{{" in self._rest:
            raise UnsupportedError("a template with an open action")

    def filled(self, row: Row) -> str:
        values = row.kept_parsed()
        parts = [text + (values.get(field) or row.get(field) or "") for text, field in self._parts]
        return "".join(parts) + self._rest
