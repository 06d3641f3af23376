"""What a card is called: its title, and whatever the page is narrowed to and the panel is not."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from noc.config.layout import TextVariable, Variable
from noc.config.logpanels import LogsSpec
from noc.config.panels import PanelBase, QueryPanel
from noc.engine.variables import ALL, Values, used
from noc.model.text import clean


def titled(spec: PanelBase, panel: str, variables: Mapping[str, Variable], values: Callable[[], Values]) -> str:
    """``Retries · any provider`` on a page that is narrowed to one, where the panel's queries do not ask for it: a header
    that names a provider must not vouch for numbers of all. Only variables that can be ``all`` narrow a page."""
    title = clean(spec.title or panel, 120)
    narrowing = [name for name, one in variables.items() if not isinstance(one, TextVariable) and one.all]
    if not narrowing or not isinstance(spec, QueryPanel | LogsSpec):
        return title
    chosen, asked = values(), {name for expr in _expressions(spec) for name in used(expr)}
    wider = [name for name in narrowing if name not in asked and chosen.get(name, (ALL,)) not in ((ALL,), ())]
    return "  ".join((title, *(f"· any {clean(name, 40)}" for name in wider))) if wider else title


def _expressions(spec: QueryPanel | LogsSpec) -> list[str]:
    items = spec.queries if isinstance(spec, QueryPanel) else ()
    return [expr for expr in (spec.query, *(item.query for item in items)) if expr]
