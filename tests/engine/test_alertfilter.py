"""Filters of alerts: amtool's matchers, karma's words, and free text."""

from __future__ import annotations

import subprocess
from dataclasses import replace

import httpx
import pytest

from noc.engine.alertfilter import Filter, parse, parse_matcher, parse_matchers
from noc.engine.book import Entry
from noc.model.alerts import AlertState, Matcher, Phase
from tests import servers
from tests.alertgiven import MINUTE, NOW, acked, alert, entry, silence

UNDERSTOOD = [
    ("alertname=Name", Matcher("alertname", "Name")),
    ("Name", Matcher("alertname", "Name")),
    ("5xx", Matcher("alertname", "5xx")),
    ("my-alert", Matcher("alertname", "my-alert")),
    ("High CPU", Matcher("alertname", "High CPU")),
    (' a = "b" ', Matcher("a", "b")),
    ('a="b c"', Matcher("a", "b c")),
    ("a=b c", Matcher("a", "b c")),
    ("a!=b", Matcher("a", "b", equal=False)),
    ('a=~"x|y"', Matcher("a", "x|y", regex=True)),
    ("a!~z", Matcher("a", "z", regex=True, equal=False)),
    ("a=(b|c)", Matcher("a", "(b|c)")),
    (r'a=~"db\.1"', Matcher("a", r"db\.1", regex=True)),
    (r'a=~"db\\.1"', Matcher("a", r"db\.1", regex=True)),
    (r"a=~db\.1", Matcher("a", r"db\.1", regex=True)),
    (r'a="say \"hi\""', Matcher("a", 'say "hi"')),
    (r'a="x\ny"', Matcher("a", "x\ny")),
    (r'a="\t"', Matcher("a", r"\t")),
    ("a=", Matcher("a", "")),
    ('a=""', Matcher("a", "")),
    ("a='x'", Matcher("a", "'x'")),
    ('a="}{,"', Matcher("a", "}{,")),
]
"""Texts and what they mean, to amtool too."""


@pytest.mark.parametrize(("text", "matcher"), UNDERSTOOD)
def test_a_matcher_is_read(text: str, matcher: Matcher) -> None:
    assert parse_matcher(text) == matcher


@pytest.mark.servers
def test_amtool_reads_the_same_texts_alike() -> None:
    amtool = servers.require("amtool")
    with servers.alertmanager() as url:
        for text, matcher in UNDERSTOOD:
            command = [
                amtool,
                "--alertmanager.url",
                url,
                "silence",
                "add",
                "-a",
                "x",
                "-c",
                "x",
                "-d",
                "1h",
                text,
                "zz=y",
            ]
            id = subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
            made = httpx.get(f"{url}/api/v2/silence/{id}").json()["matchers"]
            read = {Matcher(one["name"], one["value"], one["isRegex"], one["isEqual"]) for one in made}
            assert read == {matcher, Matcher("zz", "y")}, text


@pytest.mark.parametrize("matcher", [matcher for _, matcher in UNDERSTOOD])
def test_what_a_matcher_is_written_as_reads_as_the_same_matcher(matcher: Matcher) -> None:
    assert parse_matcher(str(matcher)) == matcher


def test_a_name_that_prometheus_3_allows_is_read_in_quotes() -> None:
    assert parse_matcher('"host.name"="db 1"') == Matcher("host.name", "db 1")


EXAMPLE = 'write name=value, name!=value, name=~"a|b" or name!~"a|b"'


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", f"an empty matcher; {EXAMPLE}"),
        ("{}", f"an empty matcher; {EXAMPLE}"),
        ('a="b', f"""'a="b' is no matcher; {EXAMPLE}"""),
        ('a=b"c', f"""'a=b"c' is no matcher; {EXAMPLE}"""),
        ("a=b,c=d", f"'a=b,c=d' is no matcher; {EXAMPLE}"),
        ("a=b c=d", f"'a=b c=d' is no matcher; {EXAMPLE}"),
        ("=b", f"'=b' is no matcher; {EXAMPLE}"),
        ("foo.bar=x", f"'foo.bar=x' is no matcher; {EXAMPLE}"),
        ('""=x', f"""'""=x' names no label; {EXAMPLE}"""),
        ("a==b", "'a==b': labels are compared by =, !=, =~ and !~"),
        ("a>5", "'a>5': labels are compared by =, !=, =~ and !~"),
        ("a=~(", "invalid regular expression '(': missing ), unterminated subpattern at position 0"),
        ("a=~(?=b)", "regular expression '(?=b)' uses syntax noc does not evaluate"),
        ("@state=active", f"@state is a word of filters, no label; {EXAMPLE}"),
    ],
)
def test_what_is_no_matcher_says_what_is_wrong_and_what_to_write(text: str, words: str) -> None:
    with pytest.raises(ValueError) as refused:
        parse_matcher(text)
    assert str(refused.value) == words


@pytest.mark.parametrize(
    "text",
    [
        'a=b,c=~"d, e",Name',
        'a=b c=~"d, e" Name',
        '{a="b", c=~"d, e", Name}',
        ' a = b ,\n c =~ "d, e" , Name ',
    ],
)
def test_several_matchers_stand_apart_by_blanks_or_commas(text: str) -> None:
    assert parse_matchers(text) == (Matcher("a", "b"), Matcher("c", "d, e", regex=True), Matcher("alertname", "Name"))


def test_no_text_is_no_matcher() -> None:
    assert parse_matchers(" ") == parse_matchers("{}") == ()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('a=b c="d e', f"""'c="d' is not understood: a quote is not closed; {EXAMPLE}"""),
        ("a=~x{2}", f"'a=~x{{2}}' is not understood: quote a value that holds braces, commas or blanks; {EXAMPLE}"),
        ('a="b"c', f"""'a="b"c' is not understood: quote a value that holds braces, commas or blanks; {EXAMPLE}"""),
        (
            '{a="b"} {c="d"',
            f"""'{{a="b"}}' is not understood: quote a value that holds braces, commas or blanks; {EXAMPLE}""",
        ),
    ],
)
def test_a_list_that_could_mean_two_things_is_refused(text: str, words: str) -> None:
    with pytest.raises(ValueError) as refused:
        parse_matchers(text)
    assert str(refused.value) == words


# -- filters

HIGH = entry(alert("SlowQueries", "high", since=5 * MINUTE, instance="db-1", company_id="7"))
OLD = entry(alert("CrossTenant", "critical", since=90 * MINUTE, company_id="12"))
TAKEN = acked(alert("AuthFailures", "medium", since=20 * MINUTE, job="gateway"), by="mara")
WINDOW = silence(by="jo")
SILENCED = entry(alert("Deploying", "low", silenced_by=(WINDOW.id,)), silences=(WINDOW,))
INHIBITED = entry(alert("Slow", "high", inhibited_by=("00",)))
MUTED = entry(alert("Nightly", "warning", muted_by=("nights",)))
COMING = entry(alert("Coming", "high", since=MINUTE), phase=Phase.PENDING)
OVER = entry(alert("Over", "critical", since=30 * MINUTE), phase=Phase.RESOLVED, was_acked_by="mara")
LOST = replace(HIGH, alert=alert("Lost", "none"), phase=Phase.UNKNOWN)
ALL = (HIGH, OLD, TAKEN, SILENCED, INHIBITED, MUTED, COMING, OVER, LOST)


def kept(text: str, now: float = NOW) -> list[str]:
    chosen = parse(text)
    return [one.alert.name for one in ALL if chosen.keeps(one, now)]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("", [one.alert.name for one in ALL]),
        ("severity=high", ["SlowQueries", "Slow", "Coming"]),
        ('{severity="high", instance="db-1"}', ["SlowQueries"]),
        ('company_id=~"7|12"', ["SlowQueries", "CrossTenant"]),
        ('company_id=""', ["AuthFailures", "Deploying", "Slow", "Nightly", "Coming", "Over", "Lost"]),
        ("company_id!=7 severity=~critical|high", ["CrossTenant", "Slow", "Coming", "Over"]),
        ("@state=active", ["SlowQueries", "CrossTenant", "Lost"]),
        ("@state=acked", ["AuthFailures"]),
        ("@state=silenced", ["Deploying"]),
        ("@state=inhibited", ["Slow"]),
        ("@state=muted", ["Nightly"]),
        ("@state=pending", ["Coming"]),
        ("@state=resolved", ["Over"]),
        ("@state=Suppressed", ["Deploying", "Slow", "Nightly"]),
        ("@state=~acked|muted", ["AuthFailures", "Nightly"]),
        ("@state=~.*ed @state!=resolved", ["AuthFailures", "Deploying", "Slow", "Nightly"]),
        ("@state!=active", ["AuthFailures", "Deploying", "Slow", "Nightly", "Coming", "Over"]),
        ("@age<10m", ["SlowQueries", "Deploying", "Slow", "Nightly", "Coming", "Lost"]),
        ("@age > 1h", ["CrossTenant"]),
        ("@age>=20m @age<=30m", ["AuthFailures", "Over"]),
        ("@ack_by=mara", ["AuthFailures", "Over"]),
        ('@ack_by=~"jo|ma.*"', ["AuthFailures", "Over"]),
        ("@ack_by!=mara @severity>=high @state=active", ["SlowQueries", "CrossTenant"]),
        ("@severity=critical", ["CrossTenant", "Over"]),
        ("@severity>=high", ["SlowQueries", "CrossTenant", "Slow", "Coming", "Over"]),
        ("@severity<medium", ["Deploying", "Lost"]),
        ("@severity=~medium|low", ["AuthFailures", "Deploying", "Nightly"]),
        ("@severity!=HIGH @age<10m", ["Deploying", "Nightly", "Lost"]),
        (f"@fingerprint={HIGH.alert.fingerprint}", ["SlowQueries"]),
        (f'@fingerprint=~"{OLD.alert.fingerprint[:8]}.*"', ["CrossTenant"]),
        ("GATE", ["AuthFailures"]),
        ("slow db-", ["SlowQueries"]),
        ('"deploying happened"', ["Deploying"]),
        ("nothing-of-the-kind", []),
    ],
)
def test_a_filter_keeps(text: str, names: list[str]) -> None:
    assert kept(text) == names


def test_an_age_grows_with_the_clock() -> None:
    later = NOW + 56 * MINUTE
    assert kept("@age>1h @state=active", NOW) == ["CrossTenant"]
    assert kept("@age>1h @state=active", later) == ["SlowQueries", "CrossTenant", "Lost"]


def test_a_severity_word_of_another_house_counts_by_its_meaning_and_a_label_by_its_text() -> None:
    assert (kept("@severity=medium"), kept("severity=medium")) == (["AuthFailures", "Nightly"], ["AuthFailures"])


def test_a_filter_keeps_its_text() -> None:
    assert (parse(" @age<1h  x ").text, parse("").text, Filter().text) == ("@age<1h  x", "", "")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("@stat=active", "there is no @stat, did you mean '@state'?"),
        ("@owner=mara", "there is no @owner; known: @ack_by, @age, @fingerprint, @severity, @state"),
        ("@state", "'@state' needs a value; write @state=active, @age<1h or @ack_by=name"),
        ("@stat", "there is no @stat, did you mean '@state'?; '@stat' needs a value; write @state=active, @age<1h or"),
        ("@state=activ", "there is no state 'activ', did you mean 'active'?"),
        ("@state=~x.*", "there is no state 'x.*'"),
        ("@state>active", "@state is compared by =, !=, =~ and !~"),
        ("@age=~1h", "@age is compared by <, >, <= and >="),
        ("@age<soon", "'soon' is no duration; write 30s, 5m, 1h30m or 7d"),
        ("@severity>=hihg", "there is no severity 'hihg', did you mean 'high'?"),
        ("@severity>=high|low", "there is no severity 'high|low'"),
        ("@ack_by<mara", "@ack_by is compared by =, !=, =~ and !~"),
        ("@ack_by=~(", "invalid regular expression '('"),
        ('summary="a', "a quote is not closed"),
        ("severity>high", "'severity>high': labels are compared by =, !=, =~ and !~"),
    ],
)
def test_a_filter_that_is_not_understood_names_the_nearest_word(text: str, words: str) -> None:
    with pytest.raises(ValueError) as refused:
        parse(text)
    assert words in str(refused.value)


def test_every_state_of_the_book_can_be_filtered_for() -> None:
    for state in AlertState:
        shown: list[Entry] = [replace(HIGH, state=one) for one in AlertState]
        assert [one.state for one in shown if parse(f"@state={state.value}").keeps(one, NOW)] == [state]
