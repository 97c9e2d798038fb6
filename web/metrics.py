"""Counters and histograms in Prometheus' text form: what is slow, what is refused, what waits. No names, no values."""

from __future__ import annotations

import threading
from bisect import bisect_left
from collections.abc import Iterable, Iterator

from engine.runtime import Engine

BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
"""Seconds; the upper bounds of the histogram."""

MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8"

Labels = tuple[tuple[str, str], ...]


class RequestMetrics:
    """Requests of one site by method, route template and status, with how long they took."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counts: dict[Labels, int] = {}
        self._times: dict[str, list[float]] = {}

    def record(self, method: str, route: str, status: int, seconds: float) -> None:
        """route: the template (`/api/v1/<entity>/<id>`), never the address itself."""
        labels: Labels = (("method", method), ("route", route), ("status", str(status)))
        with self._lock:
            self._counts[labels] = self._counts.get(labels, 0) + 1
            times = self._times.setdefault(route, [0.0] * (len(BUCKETS) + 2))
            times[bisect_left(BUCKETS, seconds)] += 1
            times[-1] += seconds

    def lines(self) -> Iterator[str]:
        with self._lock:
            counts = dict(self._counts)
            times = {route: list(each) for route, each in self._times.items()}
        yield from _metric("sluice_requests_total", "counter", "requests answered", counts.items())
        name = "sluice_request_seconds"
        yield from (f"# HELP {name} how long requests took", f"# TYPE {name} histogram")
        for route, buckets in sorted(times.items()):
            total = 0
            for bound, count in zip((*map(str, BUCKETS), "+Inf"), buckets, strict=False):
                total += int(count)
                yield _line(f"{name}_bucket", (("route", route), ("le", bound)), total)
            yield _line(f"{name}_sum", (("route", route),), round(buckets[-1], 6))
            yield _line(f"{name}_count", (("route", route),), total)


def engine_lines(engine: Engine) -> Iterator[str]:
    """What the engine tells: refusals by rule, jobs, the database's connections and its queue of writers."""
    refusals = engine.installed.refusals.counts
    yield from _metric(
        "sluice_refusals_total",
        "counter",
        "writes refused, by rule",
        ((((("rule", r),)), n) for r, n in refusals.items()),
    )
    tries = engine.jobs.tallies
    yield from _metric(
        "sluice_job_tries_total",
        "counter",
        "tries of jobs in this process",
        ((((("end", e),)), n) for e, n in tries.items()),
    )
    yield from _metric(
        "sluice_job_workers", "gauge", "whether this process runs jobs", [((), int(engine.jobs.is_running))]
    )
    waiting, dead = engine.jobs.standing()
    yield from _metric(
        "sluice_jobs",
        "gauge",
        "jobs that wait or are dead letters",
        [((("state", "waiting"),), waiting), ((("state", "dead"),), dead)],
    )
    for name, value in engine.database.figures().items():
        kind = "counter" if name.endswith("_total") else "gauge"
        yield from _metric(f"sluice_database_{name}", kind, f"of the {engine.database.dialect} database", [((), value)])
    yield from _metric("sluice_app_revision", "gauge", "revision of the app that is served", [((), engine.revision)])


def _metric(name: str, kind: str, description: str, values: Iterable[tuple[Labels, float]]) -> Iterator[str]:
    yield f"# HELP {name} {description}"
    yield f"# TYPE {name} {kind}"
    for labels, value in sorted(values):
        yield _line(name, labels, value)


def _line(name: str, labels: Labels, value: float) -> str:
    told = ",".join(f'{key}="{_escaped(text)}"' for key, text in labels)
    return f"{name}{{{told}}} {value}" if told else f"{name} {value}"


def _escaped(text: str) -> str:
    return text.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")


def text_of(parts: Iterable[Iterable[str]]) -> str:
    return "".join(f"{line}\n" for part in parts for line in part)
