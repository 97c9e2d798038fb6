"""Document numbers: `C<yyyy>-<####>` rendered with the document's date and a counter of its period."""

from __future__ import annotations

from datetime import date

from dsl.app import NumberSeries


def period_of(series: NumberSeries, day: date) -> str:
    """The key under which the counter runs: "" (for ever), "2026", "2026-11" or "2026-11-21"."""
    match series.period:
        case "year":
            return f"{day:%Y}"
        case "month":
            return f"{day:%Y-%m}"
        case "day":
            return f"{day:%Y-%m-%d}"
        case _:
            return ""


def render(series: NumberSeries, day: date, counter: int) -> str:
    """The number itself. A counter that outgrows its digits grows longer; it never wraps."""
    return "".join(render_part(part, day, counter) for part in series.parts)


def render_part(part: tuple[str, str], day: date, counter: int = 0) -> str:
    kind, text = part
    if kind == "date":
        return {"yyyy": f"{day:%Y}", "yy": f"{day:%y}", "mm": f"{day:%m}", "dd": f"{day:%d}"}[text]
    if kind == "counter":
        return str(counter).zfill(int(text))
    return text
