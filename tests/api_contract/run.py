"""One app behind a real server, and schemathesis in front of it.

A refusal by a gate or a right is an answer of ours (422, 428 and 413 are in the contract), so it does not count as a
valid request refused; everything else that schemathesis knows to look for does.
"""

from __future__ import annotations

import threading
import time
import warnings
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final

import schemathesis
import sqlalchemy as sa
from schemathesis.engine import events, from_schema
from waitress import create_server

from engine.runtime import Engine
from engine.store.system_tables import user_account
from engine.testing import actor
from web.api.openapi import openapi
from web.create_site import create_site
from web.settings import Settings

PHASES: Final = ("examples", "coverage", "fuzzing", "stateful")
CHAINS = 10
"""In the stateful phase, chains of requests for each example of the fuzzing phase: an operation has many neighbours."""

_MOST_PASSES = 50
"""What a server answers depends on what was asked before. Where hypothesis meets that, it ends the stateful phase
without a word; so the phase begins anew, with another seed, until its chains are made."""

_ANSWERS: Final = ["2xx", "3xx", "401", "403", "404", "409", "413", "422", "428"]
_PERSON: Final = "director"
_SETTINGS: Final = Settings(requests_per_minute=0, failed_sign_ins=1_000_000)
"""No limit on how often one may ask, which would hide what is asked after it; limits have tests of their own."""


@dataclass
class Found:
    """What a phase came to. failures: title and operation of each; passed: operations answered with 2xx."""

    failures: list[str] = field(default_factory=list)
    passed: set[str] = field(default_factory=set)
    cases: Counter[str] = field(default_factory=Counter)
    checks: Counter[str] = field(default_factory=Counter)
    statuses: Counter[int] = field(default_factory=Counter)
    scenarios: int = 0
    seconds: float = 0.0


def run(engine: Engine, examples: int, phases: tuple[str, ...] = PHASES) -> dict[str, Found]:
    """Each phase and what it came to. examples: requests that are made up for an operation."""
    found = {name: Found() for name in phases}
    with warnings.catch_warnings(), _serving(engine) as address:
        warnings.simplefilter("ignore")  # the tool's own
        for name in phases:
            started = time.monotonic()
            for seed in range(1, _MOST_PASSES + 1):
                config = _config(name, examples, seed)
                schema = schemathesis.openapi.from_url(f"{address}/openapi.json", config=config)
                _authorize(schema, engine)
                for event in from_schema(schema).execute():
                    _note(event, found[name])
                if name != "stateful" or found[name].scenarios >= examples * CHAINS or found[name].failures:
                    break
            found[name].seconds = time.monotonic() - started
    return found


def operations(engine: Engine) -> set[str]:
    """Every operation of the document, as `GET /api/v1/customer`."""
    paths = openapi(engine.app)["paths"]
    return {f"{method.upper()} {path}" for path, methods in paths.items() for method in methods}


def failures(found: dict[str, Found]) -> list[str]:
    return [f"{name}: {each}" for name, phase in found.items() for each in phase.failures]


def cases(found: dict[str, Found]) -> Counter[str]:
    """Requests made to each operation."""
    return sum((phase.cases for phase in found.values()), Counter[str]())


def passed(found: dict[str, Found]) -> set[str]:
    return {operation for phase in found.values() for operation in phase.passed}


def _config(phase: str, examples: int, seed: int) -> schemathesis.Config:
    phases: dict[str, Any] = {name: {"enabled": name == phase} for name in PHASES}
    phases["examples"]["fill-missing"] = True
    phases["coverage"]["generate-duplicate-query-parameters"] = True
    made = examples * CHAINS if phase == "stateful" else examples
    return schemathesis.Config.from_dict(
        {
            "request-timeout": 300,
            **({"seed": seed} if phase == "stateful" else {}),
            "generation": {"deterministic": True, "max-examples": made},
            "checks": {"positive_data_acceptance": {"expected-statuses": _ANSWERS}},
            "phases": phases,
        }
    )


def _authorize(schema: Any, engine: Engine) -> None:
    @schema.auth(refresh_interval=None)
    class Bearer:
        """A token for each request: one of the operations revokes tokens."""

        def get(self, case: Any, context: Any) -> str:
            return engine.tokens.issue(actor(engine, _PERSON).id, "schemathesis", engine.clock.now()).token

        def set(self, case: Any, data: str, context: Any) -> None:
            case.headers = {**(case.headers or {}), "Authorization": f"Bearer {data}"}


@contextmanager
def _serving(engine: Engine) -> Iterator[str]:
    """The site over a real server: some checks speak HTTP as the in-process client does not."""
    with engine.database.write() as conn:
        conn.execute(sa.update(user_account).where(user_account.c.login == _PERSON).values(is_admin=True))
    server = create_server(create_site(engine, _SETTINGS), host="127.0.0.1", port=0, threads=4)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.effective_port}"
    finally:
        server.close()
        thread.join(timeout=10)


def _note(event: Any, found: Found) -> None:
    if isinstance(event, events.NonFatalError | events.FatalError):
        found.failures.append(f"error: {getattr(event, 'info', None) or getattr(event, 'exception', '')}")
    if not isinstance(event, events.ScenarioFinished):
        return
    found.scenarios += 1
    record = event.recorder
    for case_id, case in record.cases.items():
        label = case.value.operation.label
        found.cases[label] += 1
        interaction = record.interactions.get(case_id)
        if interaction is not None and interaction.response is not None:
            found.statuses[interaction.response.status_code] += 1
            if interaction.response.status_code < 300:
                found.passed.add(label)
        for check in record.checks.get(case_id, ()):
            found.checks[check.name] += 1
            if check.failure_info is not None:
                failure = check.failure_info.failure
                found.failures.append(f"{label}: {failure.title}: {failure.message}")
