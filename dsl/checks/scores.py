"""Score cards whose bands cannot be met, leave holes, or overlap; each with a witness."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from dsl.app import App, Band, Score
from dsl.problems import Problem
from dsl.source import Span

_MOST_SUMS = 20_000
_BASES = range(-1_000, 1_001)


def bands_that_fail(app: App) -> Iterator[Problem]:
    """A07 for a band no sum of points reaches, A08 for a sum in no band, A16 for bands that overlap."""
    for entity in app.entities.values():
        for score in entity.scores.values():
            yield from _overlaps(score)
            sums = _sums(score)
            if not score.bands or sums is None:
                continue
            unmet = [band for band in score.bands if not any(_holds(band, score.base + s) for s in sums)]
            for band in unmet:
                yield Problem("A07", score.span, _unmet_values(score, band, sums))
            if not unmet and (hole := _hole(score, sums)) is not None:
                yield hole


def _sums(score: Score) -> Mapping[int, tuple[int, ...]] | None:
    """Every sum of points without the base, with the points that make it; None when there are too many."""
    sums: dict[int, tuple[int, ...]] = {0: ()}
    for number, point in enumerate(score.points):
        for total, chosen in list(sums.items()):
            sums.setdefault(total + point.add, (*chosen, number))
        if len(sums) > _MOST_SUMS:
            return None
    return sums


def _holds(band: Band, total: int) -> bool:
    return (band.low is None or band.low <= total) and (band.high is None or total <= band.high)


def _unmet_values(score: Score, band: Band, sums: Mapping[int, tuple[int, ...]]) -> dict[str, object]:
    best = max(sums) if band.low is not None and score.base + max(sums) < band.low else min(sums)
    return {
        "score": score.label,
        "band": band.label,
        "range": _range_text(band),
        "base": score.base,
        "least": score.base + min(sums),
        "most": score.base + max(sums),
        "witness": score.base + best,
        "points": _made_of(score, sums[best]),
        "bases": _good_bases(score, sums),
    }


def _made_of(score: Score, chosen: tuple[int, ...]) -> str:
    """The points that make a sum, as a record that has them."""
    points = [score.points[number] for number in chosen]
    return ", ".join(f"{point.condition.text} ({point.add:+d})" for point in points) or "–"


def _good_bases(score: Score, sums: Mapping[int, tuple[int, ...]]) -> str:
    """The bases with which every band can be met: `10..49`, or … when none does."""
    good = [b for b in _BASES if all(any(_holds(band, b + s) for s in sums) for band in score.bands)]
    if not good:
        return "…"
    last = next((b for b in good if b + 1 not in set(good)), good[-1]) if len(good) < len(_BASES) else good[-1]
    return f"{good[0]}..{last}"


def _range_text(band: Band) -> str:
    return f"{'' if band.low is None else band.low}..{'' if band.high is None else band.high}"


def _hole(score: Score, sums: Mapping[int, tuple[int, ...]]) -> Problem | None:
    """The first sum that falls into no band, with the points that make it."""
    for total in sorted(sums):
        if not any(_holds(band, score.base + total) for band in score.bands):
            values = {"score": score.label, "total": score.base + total, "witness": _made_of(score, sums[total])}
            return Problem("A08", score.span, values, severity="warning")
    return None


def _overlaps(score: Score) -> Iterator[Problem]:
    for number, band in enumerate(score.bands):
        for other in score.bands[number + 1 :]:
            low = max((b.low for b in (band, other) if b.low is not None), default=None)
            high = min((b.high for b in (band, other) if b.high is not None), default=None)
            if low is None or high is None or low <= high:
                span: Span = score.span
                witness = low if low is not None else high if high is not None else 0
                yield Problem("A16", span, {"first": band.key, "second": other.key, "witness": witness})
