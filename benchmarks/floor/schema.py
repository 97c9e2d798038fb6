"""The floor's tables and connections."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

import engine.sqlite_library  # the same SQLite as ours  # noqa: F401 isort: skip

metadata = sa.MetaData()

unit = sa.Table("unit", metadata, sa.Column("id", sa.Integer, primary_key=True), sa.Column("path", sa.Text))

person = sa.Table(
    "person",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("login", sa.Text, unique=True, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("role", sa.Text, nullable=False),
    sa.Column("unit_id", sa.ForeignKey("unit.id"), nullable=False),
    sa.Column("is_active", sa.Boolean, nullable=False),
)

token = sa.Table(
    "token",
    metadata,
    sa.Column("digest", sa.Text, primary_key=True),  # SHA-256
    sa.Column("person_id", sa.ForeignKey("person.id"), nullable=False),
    sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
)

deal = sa.Table(
    "deal",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("short_name", sa.Text),
    sa.Column("tax_no", sa.Text),
    sa.Column("industry", sa.Text, nullable=False),
    sa.Column("grade", sa.Text, nullable=False),
    sa.Column("source", sa.Text),
    sa.Column("city", sa.Text),
    sa.Column("address", sa.Text),
    sa.Column("phone", sa.Text),
    sa.Column("email", sa.Text),
    sa.Column("website", sa.Text),
    sa.Column("owner_id", sa.ForeignKey("person.id"), nullable=False),
    sa.Column("amount", sa.BigInteger),  # hundredths
    sa.Column("cost", sa.BigInteger),  # hundredths
    sa.Column("quantity", sa.BigInteger),
    sa.Column("margin", sa.BigInteger),  # hundredths of a percent
    sa.Column("close_on", sa.Date),
    sa.Column("contacted_on", sa.Date),
    sa.Column("is_urgent", sa.Boolean, nullable=False),
    sa.Column("notes", sa.Text),
    sa.Column("unit_id", sa.ForeignKey("unit.id"), nullable=False),
    sa.Column("stage", sa.Text, nullable=False),
    sa.Column("stage_since", sa.DateTime(timezone=True), nullable=False),
    sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("created_by", sa.ForeignKey("person.id"), nullable=False),
    sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("changed_by", sa.ForeignKey("person.id"), nullable=False),
    sa.Column("deleted_at", sa.DateTime(timezone=True)),
)
sa.Index("deal_list", deal.c.grade, deal.c.industry, deal.c.amount.desc(), deal.c.id.desc())
sa.Index("deal_amount", deal.c.amount.desc(), deal.c.id.desc())
sa.Index("deal_owner", deal.c.owner_id, deal.c.created_at)
sa.Index("deal_tax_no", deal.c.tax_no)
sa.Index("deal_stage", deal.c.unit_id, deal.c.stage, deal.c.amount)

audit = sa.Table(
    "audit",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("deal_id", sa.ForeignKey("deal.id"), nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("person_id", sa.ForeignKey("person.id"), nullable=False),
    sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("changes", sa.JSON, nullable=False),  # field: [before, after]
    sa.Index("audit_deal", "deal_id", "id"),
)


import_line = sa.Table(
    "import_line",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("person_id", sa.ForeignKey("person.id"), nullable=False),
    sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("number", sa.Integer, nullable=False),
    sa.Column("cells", sa.JSON, nullable=False),
    sa.Column("fate", sa.Text, nullable=False),
    sa.Column("said", sa.JSON, nullable=False),  # field: what is wrong
    sa.Column("deal_id", sa.ForeignKey("deal.id")),
)


def connect(url: str) -> sa.Engine:
    """SQLite as safe as ours: WAL, every commit on the disk, a writer that takes its lock at the start."""
    if not url.startswith("sqlite"):
        return sa.create_engine(url, pool_size=10)
    database = sa.create_engine(url, connect_args={"timeout": 10})

    @sa.event.listens_for(database, "connect")
    def _prepare(raw: Any, _record: object) -> None:
        raw.isolation_level = None
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "cache_size=-65536"):
            raw.execute(f"PRAGMA {pragma}")

    @sa.event.listens_for(database, "begin")
    def _begin(conn: sa.Connection) -> None:
        if not conn.get_execution_options().get("only_reads"):
            conn.exec_driver_sql("BEGIN IMMEDIATE")

    return database


def for_reading(database: sa.Engine) -> sa.Engine:
    """The same connections without a transaction around each read."""
    if database.dialect.name == "sqlite":
        return database.execution_options(only_reads=True)
    return database.execution_options(isolation_level="AUTOCOMMIT")
