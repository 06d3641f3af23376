"""clock: the time, large; the date, and what time it is elsewhere."""

from __future__ import annotations

from datetime import datetime, tzinfo
from zoneinfo import ZoneInfo

from noc.charts.canvas import Canvas, Ink
from noc.charts.digits import tallest_digits
from noc.config.statepanels import ClockSpec
from noc.model.text import clean, truncate, width
from noc.ui.panels.data import PanelData


def ticks(data: PanelData) -> object:
    """The whole second: seconds are shown wherever they have room."""
    return int(data.now)


def draw(data: PanelData, columns: int, rows: int) -> Canvas:
    """Hours and minutes as large as the room allows, the seconds small beside them unless they are asked for large."""
    spec, palette = data.spec, data.look.palette
    assert isinstance(spec, ClockSpec)
    canvas = Canvas(columns, rows)
    moment = datetime.fromtimestamp(data.now, data.look.tz)
    text, small = (f"{moment:%H:%M:%S}", "") if spec.seconds else (f"{moment:%H:%M}", f"{moment:%S}")
    under = _under(spec, moment, data, columns)
    room = max(3, rows - max(1, min(len(under), rows // 3)))
    ink, quiet = Ink(palette.text, bold=True), Ink(palette.muted)
    large = None
    for beside in (small, ""):
        if large is None and rows >= 3:
            large = tallest_digits(
                text, beside, ink, data.look.charset, width=columns, height=min(room, rows), suffix_ink=quiet
            )
    if large is None:
        canvas.put(canvas.put(0, 0, truncate(text, columns), ink), 0, f":{small}" if small else "", quiet)
        used = 1
    else:
        spare = rows - large.height - len(under)
        top = 1 if spare >= 2 else 0
        canvas.blit(0, top, large)
        used = top + large.height + (1 if spare - top >= 1 else 0)
    for y, (line, tint) in enumerate(_shown(under, rows - used, palette.muted), used):
        canvas.put(0, y, truncate(line, columns), Ink(tint))
    return canvas


Line = tuple[str, str]


def _under(spec: ClockSpec, moment: datetime, data: PanelData, columns: int) -> list[Line]:
    """The date and the wall's zone, then a row per further zone."""
    palette = data.look.palette
    here = zone_name(data.look.tz, moment)
    day = f"{moment:%a} {moment.day} {moment:%b}"
    dates = [f"{day} {moment:%Y}  {here}", f"{day}  {here}", day] if spec.date else [here]
    out = [(next((text for text in dates if width(text) <= columns), dates[-1]), palette.muted)]
    rows = [(zone_name(zone, moment.astimezone(zone), spoken=True), moment.astimezone(zone)) for zone in _zones(spec)]
    names = max((width(name) for name, _ in rows), default=0)
    for name, there in rows:
        days = (there.date() - moment.date()).days
        other = f"  {days:+d} day" if days else ""
        out.append((f"{name}{' ' * (names - width(name))}  {there:%H:%M}{other}", palette.text))
    return out


def _zones(spec: ClockSpec) -> list[tzinfo]:
    return [ZoneInfo(name) for name in spec.zones]


def zone_name(zone: tzinfo, moment: datetime, *, spoken: bool = False) -> str:
    """``Europe/Berlin CEST``; spoken: the city alone. A zone without a name of its own is called by its offset."""
    key = getattr(zone, "key", "")
    if spoken and key:
        return clean(key.rpartition("/")[2].replace("_", " "), 30)
    short = moment.astimezone(zone).strftime("%Z")
    return clean(key if not short or short == key or short[0] in "+-" else f"{key} {short}".strip(), 40)


def _shown(lines: list[Line], room: int, quiet: str) -> list[Line]:
    """As many as fit; the last one counts what does not."""
    if len(lines) <= room or room < 1:
        return lines[: max(0, room)]
    return [*lines[: room - 1], (f"+{len(lines) - room + 1} more zones", quiet)] if room > 1 else lines[:1]
