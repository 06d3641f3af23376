"""LogQL, the language of Loki's queries: read into a tree, written back, and made into other queries.

Nothing is asked of a server here. ``parse`` takes what Loki 3 takes; regular expressions and templates are left to
whoever evaluates them.
"""

from noc.catalogue.logql.fault import LogQLError
from noc.catalogue.logql.reading import parse, selectors
from noc.catalogue.logql.rewriting import counted, filtered, guarded, is_log
from noc.catalogue.logql.syntax import Expr, LogQuery, Metric
from noc.catalogue.logql.units import quoted
from noc.catalogue.logql.writing import written

__all__ = [
    "Expr",
    "LogQLError",
    "LogQuery",
    "Metric",
    "counted",
    "filtered",
    "guarded",
    "is_log",
    "parse",
    "quoted",
    "selectors",
    "written",
]
