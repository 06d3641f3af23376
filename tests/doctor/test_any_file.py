"""Whatever somebody writes into a file, the lint answers with faults and not with a traceback."""

from __future__ import annotations

import json
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from noc.catalogue.metrics import load
from noc.doctor.lint import lint_layout, lint_settings
from noc.doctor.remark import Known

KNOWN = Known(load(), frozenset({"host"}), frozenset({"midnight"}), frozenset({"panel.zoom"}))

WORDS = st.sampled_from(
    [
        "cpu",
        "kind",
        "query",
        "stat",
        "above",
        "severity",
        "high",
        "metric",
        "list",
        "values",
        "$cpu",
        "sum(",
        "[5m]",
        "label_values(up, job)",
        "1fr",
        ".",
        "url",
        "http://a",
        "layout",
        "host",
        "5m",
        "up[5m]",
        "",
        "label",
    ]
)
ANY = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=9)
    | WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=4),
)


def mapping(optional: str, **fixed: st.SearchStrategy[object]) -> st.SearchStrategy[object]:
    return st.fixed_dictionaries(dict(fixed), optional=dict.fromkeys(optional.split(), ANY)) | ANY


PANEL = mapping(
    "query queries metric thresholds columns unit min max drill range refresh mappings source sort runbook",
    kind=st.sampled_from(["stat", "table", "timeseries", "text", "gauge"]),
)
LAYOUT = mapping(
    "needs range refresh",
    grid=mapping("columns rows", areas=st.lists(st.sampled_from(["a b", "a", "b a"]) | ANY, max_size=3)),
    panels=st.dictionaries(st.sampled_from(["a", "b", "c"]), PANEL, max_size=3) | ANY,
    variables=st.dictionaries(
        WORDS, mapping("query values default multi regex", kind=st.sampled_from(["query", "list", "text"])), max_size=2
    )
    | ANY,
)
SERVERS = mapping("basic headers tls timeout", url=ANY) | ANY
SETTINGS = mapping(
    "environment theme layout keys tv timezone",
    environments=st.dictionaries(WORDS, mapping("colour loki", prometheus=SERVERS, alertmanager=SERVERS), max_size=2),
)


def written(directory: str, data: object) -> Path:
    path = Path(directory) / "x.yaml"
    path.write_text(json.dumps(data))
    return path


@settings(deadline=None)
@given(LAYOUT)
def test_any_layout_file_is_judged(data: object) -> None:
    with TemporaryDirectory() as directory:
        assert all(fault.message for fault in lint_layout(written(directory, data), KNOWN))


@settings(deadline=None)
@given(SETTINGS)
def test_any_settings_file_is_judged(data: object) -> None:
    with TemporaryDirectory() as directory:
        assert all(fault.message for fault in lint_settings(written(directory, data), KNOWN))
