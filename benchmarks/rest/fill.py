"""The same company and deals in Django's tables, with one audit row each."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from django.db import connection

from benchmarks.deals import TEAMS, company
from benchmarks.load import WHO, batches, made_at
from benchmarks.rest.models import TABLES, Audit, Deal, Person, Token, Unit

SECRET = "rest-token"  # noqa: S105 — of a database that is thrown away
DECIMALS = ("amount", "cost", "margin")


def fill(count: int) -> str:
    """Tables and deals; the token of `WHO`."""
    with connection.schema_editor() as editor:
        for table in TABLES:
            editor.create_model(table)
    Unit.objects.bulk_create(
        [Unit(id=1, path="/1/"), *(Unit(id=t + 1, path=f"/1/{t + 1}/") for t in range(1, TEAMS + 1))]
    )
    Person.objects.bulk_create(
        Person(id=p.id, login=p.login, name=f"{p.role.title()} {p.id}", role=p.role, unit_id=p.team + 1)
        for p in company()
    )
    asking = next(person for person in company() if person.login == WHO)
    digest = hashlib.sha256(SECRET.encode()).hexdigest()
    Token.objects.create(digest=digest, person_id=asking.id, expires_at=datetime.now(UTC) + timedelta(days=90))
    for batch in batches(count):
        made = []
        for deal in batch:
            values = {key: Decimal(str(v)) if key in DECIMALS else v for key, v in deal.values.items()}
            at, owner = made_at(deal), deal.owner.id
            marks = {"created_at": at, "created_by_id": owner, "changed_at": at, "changed_by_id": owner}
            place = {"owner_id": owner, "unit_id": deal.owner.team + 1, "stage": deal.stage, "stage_since": at}
            made.append(Deal(id=deal.id, **values, **marks, **place))
        Deal.objects.bulk_create(made)
        Audit.objects.bulk_create(
            Audit(deal_id=d.id, kind="created", person_id=d.owner.id, at=made_at(d),
                  changes={key: [None, str(value)] for key, value in d.values.items()})
            for d in batch
        )  # fmt: skip
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT setval(pg_get_serial_sequence('rest_deal', 'id'), %s)", [count])
        cursor.execute("ANALYZE")
    return SECRET
