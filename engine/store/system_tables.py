"""The engine's own tables: people, organisation, what happened, files, numbers, revisions.

They lie beside the entity tables (whose names begin with `x_` and `l_`) and are the same for every app.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import TSVECTOR

from engine.store.columns import Instant, JsonText, id_type, text_type

SYSTEM = sa.MetaData()


def _id() -> sa.Column[Any]:
    return sa.Column("id", id_type(), primary_key=True)


def _text(name: str, default: str = "") -> sa.Column[Any]:
    return sa.Column(name, text_type(), nullable=False, server_default=default)


def _number(name: str, default: int = 0) -> sa.Column[Any]:
    return sa.Column(name, sa.BigInteger, nullable=False, server_default=str(default))


def _ref(name: str, table: str = "", *, required: bool = False) -> sa.Column[Any]:
    links = (sa.ForeignKey(f"{table}.id"),) if table else ()
    return sa.Column(name, sa.BigInteger, *links, nullable=not required)


def _instant(name: str, *, required: bool = False) -> sa.Column[Any]:
    return sa.Column(name, Instant, nullable=not required)


# --- people ----------------------------------------------------------------------------------------------------------

org_unit = sa.Table(
    "org_unit",
    SYSTEM,
    _id(),
    _ref("parent_id", "org_unit"),
    _text("name"),
    _text("kind"),  # company | region | team | department: `sees: area` looks for the nearest region
    sa.Column("path", text_type(), nullable=False, unique=True),  # "/1/4/17/": a prefix search finds all below
    _ref("lead_id"),
    sa.Index("org_unit_parent", "parent_id"),
)

user_account = sa.Table(
    "user_account",
    SYSTEM,
    _id(),
    sa.Column("login", text_type(), nullable=False, unique=True),
    _text("name"),
    _text("password_hash"),
    _text("role"),
    _ref("unit_id", "org_unit"),
    _ref("manager_id", "user_account"),
    _ref("backup_id", "user_account"),
    _text("language", "zh"),
    _text("theme"),
    _text("email"),
    _text("phone"),
    sa.Column("is_admin", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("is_active", sa.Boolean, nullable=False, server_default=sa.true()),
    _number("failed_count"),
    _instant("failed_at"),
    _number("epoch"),  # raised to end every session and token of the person at once
    _instant("created_at"),
    sa.Index("user_account_unit", "unit_id"),
)

post = sa.Table(
    "post",
    SYSTEM,
    _id(),
    _ref("user_id", "user_account", required=True),
    _ref("unit_id", "org_unit", required=True),
    _text("role"),
    _instant("begins_at"),
    _instant("ends_at"),
    sa.Index("post_user", "user_id"),
    sa.Index("post_unit", "unit_id"),
)

session = sa.Table(
    "session",
    SYSTEM,
    sa.Column("token_hash", text_type(), primary_key=True),  # SHA-256: a stolen database opens no session
    _ref("user_id", "user_account", required=True),
    _number("epoch"),
    _instant("created_at", required=True),
    _instant("seen_at", required=True),
    _text("agent"),
    sa.Index("session_user", "user_id"),
)

api_token = sa.Table(
    "api_token",
    SYSTEM,
    _id(),
    sa.Column("token_hash", text_type(), nullable=False, unique=True),
    _ref("user_id", "user_account", required=True),
    _number("epoch"),
    _text("name"),
    _instant("created_at", required=True),
    _instant("expires_at"),
    _instant("used_at"),
    sa.Index("api_token_user", "user_id"),
)

setting = sa.Table("setting", SYSTEM, sa.Column("key", text_type(), primary_key=True), _text("value"))

# --- what happened ---------------------------------------------------------------------------------------------------

event = sa.Table(
    "event",
    SYSTEM,
    _id(),
    _text("entity"),
    _number("record_id"),
    _text("kind"),  # created | changed | moved | removed | waived | commented | file
    sa.Column("changes", JsonText),  # {"field": [before, after]} in JSON form
    _ref("actor_id"),
    _instant("at", required=True),
    _text("channel"),
    _number("revision"),
    _ref("cause"),
    _number("depth"),
    _text("request_id"),
    sa.Index("event_record", "entity", "record_id", "id"),
)

stage_visit = sa.Table(
    "stage_visit",
    SYSTEM,
    _id(),
    _text("entity"),
    _number("record_id"),
    _text("pipeline"),
    _text("stage"),
    _text("from_stage"),
    _instant("entered_at", required=True),
    _instant("left_at"),
    _instant("due_at"),
    _ref("owner_id"),
    _ref("unit_id"),
    _ref("event_id"),
    sa.Index("stage_visit_record", "entity", "record_id", "id"),
    sa.Index("stage_visit_dwell", "entity", "stage", "unit_id", "entered_at", "left_at"),
)
_open_visit = stage_visit.c.left_at.is_(None)
sa.Index(
    "stage_visit_open",
    stage_visit.c.entity,
    stage_visit.c.record_id,
    unique=True,
    sqlite_where=_open_visit,
    postgresql_where=_open_visit,
)

stage_week = sa.Table(
    "stage_week",
    SYSTEM,
    sa.Column("entity", text_type(), primary_key=True),
    sa.Column("week", text_type(), primary_key=True),  # ISO week of the app's zone, "2026-W47"
    sa.Column("stage", text_type(), primary_key=True),
    sa.Column("unit_id", sa.BigInteger, primary_key=True, autoincrement=False),  # 0: no unit
    _number("entered"),
    _number("left_count"),
    _number("dwell_seconds"),
    _number("late"),
)

comment = sa.Table(
    "comment",
    SYSTEM,
    _id(),
    _text("entity"),
    _number("record_id"),
    _text("text"),
    _ref("actor_id"),
    _instant("at", required=True),
    _ref("event_id"),
    sa.Index("comment_record", "entity", "record_id", "id"),
)

mention = sa.Table(
    "mention",
    SYSTEM,
    _id(),
    _ref("user_id", "user_account", required=True),  # who is called
    _text("entity"),
    _number("record_id"),
    _ref("event_id"),  # of the comment
    _ref("actor_id"),  # who calls
    _instant("at", required=True),
    _instant("read_at"),
    sa.Index("mention_user", "user_id", "read_at", "id"),
    sa.Index("mention_event", "event_id"),
)

waiver = sa.Table(
    "waiver",
    SYSTEM,
    _id(),
    _text("entity"),
    _number("record_id"),
    _text("rule"),
    _text("reason"),
    _ref("actor_id"),
    _instant("at", required=True),
    _ref("event_id"),
    sa.Index("waiver_record", "entity", "record_id", "id"),
)

evidence = sa.Table(
    "evidence",
    SYSTEM,
    _id(),
    _text("entity"),
    _number("record_id"),
    _text("rule"),
    _text("kind"),
    _ref("file_id"),
    _text("related_entity"),
    _ref("related_id"),
    _text("sha256"),
    _ref("actor_id"),
    _instant("at", required=True),
    _ref("event_id"),
    sa.Index("evidence_record", "entity", "record_id", "id"),
)

# --- files, numbers, keys --------------------------------------------------------------------------------------------

file = sa.Table(
    "file",
    SYSTEM,
    _id(),
    _text("sha256"),
    _number("size"),
    _text("mime"),
    _text("name"),
    _ref("actor_id"),
    _instant("at", required=True),
    sa.Index("file_content", "sha256"),
)

document_number = sa.Table(
    "document_number",
    SYSTEM,
    sa.Column("series", text_type(), primary_key=True),
    sa.Column("period", text_type(), primary_key=True),
    _number("last"),
)

idempotency = sa.Table(
    "idempotency",
    SYSTEM,
    sa.Column("actor_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("key", text_type(), primary_key=True),
    _text("digest"),
    sa.Column("result", JsonText),
    _instant("at", required=True),
    sa.Index("idempotency_at", "at"),
)

webhook = sa.Table(
    "webhook",
    SYSTEM,
    _id(),
    _text("name"),
    _text("url"),
    _ref("user_id", "user_account", required=True),  # with whose rights it sees
    sa.Column("events", JsonText),  # ["customer.created", "order.*"]
    sa.Column("is_active", sa.Boolean, nullable=False, server_default=sa.true()),
    _number("secret_version", 1),  # the secret is derived from it and a key file: see engine.people.signing
    _instant("created_at"),
)

job_worker = sa.Table(
    "job_worker",
    SYSTEM,
    sa.Column("id", text_type(), primary_key=True),
    _number("beat"),  # raised every few seconds: others see by it that the process lives, whatever its clock says
)

search_entry = sa.Table(
    "search_entry",
    SYSTEM,
    _id(),
    _text("entity"),
    _number("record_id"),
    _text("field"),  # "" for the initials of the title
    sa.Column("words", TSVECTOR().with_variant(sa.Text(), "sqlite")),  # on SQLite they are in the table search_words
    sa.Index("search_entry_record", "entity", "record_id"),
)

saved_view = sa.Table(
    "saved_view",
    SYSTEM,
    _id(),
    _ref("user_id", "user_account", required=True),
    _text("entity"),
    _text("name"),
    sa.Column("definition", JsonText),
    sa.Index("saved_view_user", "user_id", "entity"),
)

# --- imports ---------------------------------------------------------------------------------------------------------

import_run = sa.Table(
    "import_run",
    SYSTEM,
    _id(),
    _text("key"),
    _text("entity"),
    _text("found"),
    _ref("actor_id", "user_account"),
    _text("state"),  # mapping | cleaning | matching | judging | ready | running | done | cancelled
    _number("position"),  # the last row that the present state is done with
    _number("total"),
    sa.Column("words", JsonText),  # {"head": {"word": "what is meant"}}, as people settled it for this run
    _instant("created_at", required=True),
    _instant("changed_at", required=True),
    sa.Index("import_run_actor", "actor_id", "id"),
)

import_sheet = sa.Table(
    "import_sheet",
    SYSTEM,
    _id(),
    _ref("run_id", "import_run", required=True),
    _text("name"),
    _text("sheet"),
    _number("head_line"),
    _number("passed_over"),
    _number("row_count"),
    sa.Column("matches", JsonText),  # as proposed: [{at, head, to, because, samples}]
    sa.Column("mapping", JsonText),  # {"0": "head of the import's column"}
    sa.Column("fixed", JsonText),  # {"head of the import's column": "text for every row"}
    sa.Index("import_sheet_run", "run_id"),
)

import_row = sa.Table(
    "import_row",
    SYSTEM,
    sa.Column("run_id", sa.BigInteger, sa.ForeignKey("import_run.id"), primary_key=True, autoincrement=False),
    sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),
    _ref("sheet_id", "import_sheet", required=True),
    _number("line"),  # in its sheet, as people see it
    sa.Column("cells", JsonText),
    sa.Column("cleaned", JsonText),  # the values: {"name": …, "contacts.name": …} in JSON form
    sa.Column("faults", JsonText),  # [[head, sentence]]
    _number("leader"),  # the row whose record this one becomes a part of; itself if it leads
    _ref("record_id"),
    sa.Column("choice", JsonText),  # {"field": the number of the row it is taken from, or 0 for the record}
    _text("foreseen"),  # what a dry run says: created | changed | same | skipped | refused
    _text("state"),  # what became of it: the same words, or "merged", or "" while it waits
    sa.Column("said", JsonText),  # why it is refused
)
sa.Index("import_row_leader", import_row.c.run_id, import_row.c.leader)

import_question = sa.Table(
    "import_question",
    SYSTEM,
    _id(),
    _ref("run_id", "import_run", required=True),
    _number("number"),  # a row …
    _number("other"),  # … and another, or 0
    _ref("record_id"),  # … or a record
    sa.Column("because", JsonText),
    _text("answer"),  # "" | same | other
    sa.Index("import_question_run", "run_id"),
)

# --- definitions -----------------------------------------------------------------------------------------------------

app_revision = sa.Table(
    "app_revision",
    SYSTEM,
    _id(),
    _text("app"),
    _number("version"),
    _text("digest"),
    _text("source"),
    sa.Column("plan", JsonText),
    _instant("at", required=True),
)

column_ledger = sa.Table(
    "column_ledger",
    SYSTEM,
    _id(),
    _text("kind"),  # table | column | link | index
    _text("entity"),
    _text("field"),  # "" for a table; for an index its purpose
    _text("table_name"),
    _text("column_name"),
    _text("storage"),
    _text("state", "live"),  # live | retired | replaced
    _number("since_revision"),
    _ref("retired_revision"),
    sa.UniqueConstraint("table_name", "column_name", "kind"),
)
