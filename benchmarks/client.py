"""One client for all contenders: HTTP over a connection that stays open, and the same requests for the same deals."""

from __future__ import annotations

import http.client
import json
import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import quote

from benchmarks.deals import deals, values_of

FILTERED = {"grade": "A", "industry": "auto"}


class Client:
    """A keep-alive connection with a bearer token."""

    def __init__(self, port: int, token: str) -> None:
        self._conn = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
        self._headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}

    def ask(self, method: str, path: str, body: object = None) -> tuple[int, Any]:
        """Status and the JSON of the answer."""
        sent = body if body is None or isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode()
        self._conn.request(method, path, sent, self._headers)
        answer = self._conn.getresponse()
        return answer.status, json.loads(answer.read())

    def close(self) -> None:
        self._conn.close()


@dataclass(frozen=True, slots=True)
class Step:
    """One request; its body goes as JSON unless it is bytes. wanted: what is wrong with the answer, or ""."""

    method: str
    path: str
    body: object
    wanted: Callable[[int, Any], str]


class Dialect(Protocol):
    """How a contender wants to be asked; every answer is checked against what the deals say."""

    def create(self, values: Mapping[str, object]) -> Step: ...

    def read(self, deal_id: int, name: str) -> Step: ...

    def page(self) -> Step: ...

    def move(self, deal_id: int, fill: Mapping[str, object]) -> Step: ...

    def totals(self) -> Step: ...


def same(status: int, expected: int, answer: Any, **wanted: object) -> str:
    if status != expected:
        return f"status {status}: {str(answer)[:300]}"
    wrong = {key: answer.get(key) for key, value in wanted.items() if answer.get(key) != value}
    return f"{wrong} instead of {wanted}" if wrong else ""


@dataclass(frozen=True, slots=True)
class Truth:
    """What the right answers are, worked out in Python from the same deals."""

    names: Mapping[int, str]
    page_ids: tuple[int, ...]
    leads: tuple[int, ...]
    """Deals in the first stage that the asking manager sees, none of them on the page: each may be moved on once."""
    stages: Mapping[str, int]

    @staticmethod
    def of(count: int, team: int) -> Truth:
        mine = [deal for deal in deals(count) if deal.owner.team == team]
        filtered = [d for d in mine if all(d.values[key] == value for key, value in FILTERED.items())]
        filtered.sort(key=lambda d: (float(str(d.values["amount"])), d.id), reverse=True)
        stages: dict[str, int] = {}
        for deal in mine:
            stages[deal.stage] = stages.get(deal.stage, 0) + 1
        on_page = {d.id for d in filtered}
        leads = [d.id for d in mine if d.stage == "lead" and d.id not in on_page]
        random.Random(3).shuffle(leads)
        return Truth(
            {d.id: str(d.values["name"]) for d in mine}, tuple(d.id for d in filtered[:50]), tuple(leads), stages
        )


# --- how each wants to be asked --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Ours:
    truth: Truth

    def create(self, values: Mapping[str, object]) -> Step:
        return Step("POST", "/api/v1/deal", values, lambda s, a: same(s, 201, a, name=values["name"], stage="lead"))

    def read(self, deal_id: int, name: str) -> Step:
        return Step("GET", f"/api/v1/deal/{deal_id}", None, lambda s, a: same(s, 200, a, id=deal_id, name=name))

    def page(self) -> Step:
        asked = " and ".join(f'{key} = "{value}"' for key, value in FILTERED.items())
        return Step("GET", f"/api/v1/deal?filter={quote(asked)}&sort=-amount&limit=50", None, self._page)

    def _page(self, status: int, answer: Any) -> str:
        found = tuple(item["id"] for item in answer["items"]) if status == 200 else ()
        return "" if found == self.truth.page_ids else f"status {status}: {found[:5]} … {self.truth.page_ids[:5]}"

    def move(self, deal_id: int, fill: Mapping[str, object]) -> Step:
        body = {"to": "qualified", "version": 1, "fill": fill}
        wanted = {"id": deal_id, "stage": "qualified", "city": fill["city"]}
        return Step("POST", f"/api/v1/deal/{deal_id}/move", body, lambda s, a: same(s, 200, a, **wanted))

    def totals(self) -> Step:
        return Step("GET", "/api/v1/deal/totals?by=stage&sums=amount", None, self._totals)

    def _totals(self, status: int, answer: Any) -> str:
        """Moves and creations shift the stages; no deal comes or goes otherwise."""
        found = {group["key"]: group["count"] for group in answer["groups"]} if status == 200 else {}
        same = all(found.get(stage) == self.truth.stages[stage] for stage in ("proposal", "won", "lost"))
        return "" if same else f"status {status}: {found} instead of {self.truth.stages}"


@dataclass(frozen=True, slots=True)
class Floor(Ours):
    def create(self, values: Mapping[str, object]) -> Step:
        return Step("POST", "/deals", values, lambda s, a: same(s, 201, a, name=values["name"], stage="lead"))

    def read(self, deal_id: int, name: str) -> Step:
        return Step("GET", f"/deals/{deal_id}", None, lambda s, a: same(s, 200, a, id=deal_id, name=name))

    def page(self) -> Step:
        asked = "&".join(f"{key}={value}" for key, value in FILTERED.items())
        return Step("GET", f"/deals?{asked}", None, self._page)

    def move(self, deal_id: int, fill: Mapping[str, object]) -> Step:
        body = {"to": "qualified", "version": 1, "fill": fill}
        wanted = {"id": deal_id, "stage": "qualified", "city": fill["city"]}
        return Step("POST", f"/deals/{deal_id}/move", body, lambda s, a: same(s, 200, a, **wanted))

    def totals(self) -> Step:
        return Step("GET", "/deals/totals", None, self._totals)


# --- the requests of a measurement -----------------------------------------------------------------------------------

OPERATIONS = ("create", "read", "page", "move", "totals")
"""In the order of the table; moves and creations come after what they would change is checked."""


class Requests:
    """Endless requests of each kind, in the same order for every contender."""

    def __init__(self, dialect: Dialect, truth: Truth, seed: int = 1) -> None:
        self._dialect, self._truth = dialect, truth
        self._chance = random.Random(seed)
        self._known = sorted(truth.names)
        self._leads: Iterator[int] = iter(truth.leads)
        self._number = 9_000_000

    def steps(self, operation: str, count: int) -> list[Step]:
        return [self._step(operation) for _ in range(count)]

    def _step(self, operation: str) -> Step:
        match operation:
            case "create":
                return self._dialect.create(self._values())
            case "read":
                deal_id = self._chance.choice(self._known)
                return self._dialect.read(deal_id, self._truth.names[deal_id])
            case "page":
                return self._dialect.page()
            case "move":
                new = self._values()
                fill = {key: new[key] for key in ("phone", "amount", "cost", "city", "notes")}
                return self._dialect.move(next(self._leads), fill)
            case _:
                return self._dialect.totals()

    def _values(self) -> dict[str, object]:
        """Grade B: what is created meanwhile does not come into the page."""
        self._number += 1
        return {**values_of(self._chance, str(self._number)), "grade": "B"}
