"""The engine's own tables: people, organisation, what happened, files, numbers, revisions.

They lie beside the entity tables (whose names begin with `x_` and `l_`) and are the same for every app.
"""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import TSVECTOR

from engine.store.columns import JsonText, text_type
from engine.store.system_columns import new_id as _id
from engine.store.system_columns import new_instant as _instant
from engine.store.system_columns import new_number as _number
from engine.store.system_columns import new_ref as _ref
from engine.store.system_columns import new_text as _text

SYSTEM = sa.MetaData()

PEOPLE = "people"
"""Mark (Table.info) of tables that say who somebody is and where: see `engine.store.people_version`."""


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
    info={PEOPLE: True},
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
    info={PEOPLE: True},
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
    info={PEOPLE: True},
)

people_version = sa.Table(
    "people_version",
    SYSTEM,
    sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=False),  # always 1
    _text("word"),  # another one after every write to the tables above
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
    sa.Column("is_signed", sa.Boolean, nullable=False, server_default=sa.false()),
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
    _text("kind"),  # created | changed | moved | removed | restored | waived | commented | file
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

export_log = sa.Table(
    "export_log",
    SYSTEM,
    _id(),
    _ref("actor_id"),
    _instant("at", required=True),
    _text("channel"),
    _text("entity"),
    _text("name"),  # of the list or the declared export
    sa.Column("what", JsonText),  # columns, condition, search, sort
    _text("format"),
    _number("row_count"),
    _text("request_id"),
    sa.Index("export_log_at", "at"),
)

backup_log = sa.Table(
    "backup_log",
    SYSTEM,
    _id(),
    _ref("actor_id"),  # NULL: the schedule
    _instant("at", required=True),
    _text("channel"),
    _text("did"),  # made | failed | downloaded | removed | scheduled
    _text("name"),  # of the file; of the schedule its time and how many are kept
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

view_share = sa.Table(
    "view_share",
    SYSTEM,
    sa.Column("view_id", sa.BigInteger, sa.ForeignKey("saved_view.id"), primary_key=True),
    _ref("unit_id", "org_unit", required=True),  # its people and those of the units below see the view
)

view_choice = sa.Table(
    "view_choice",
    SYSTEM,
    sa.Column("user_id", sa.BigInteger, sa.ForeignKey("user_account.id"), primary_key=True),
    sa.Column("entity", text_type(), primary_key=True),
    _text("view"),  # the key of the view that a list opens with
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
