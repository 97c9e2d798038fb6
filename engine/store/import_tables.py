"""The tables of imports: runs, their sheets, rows and questions. They are system tables like the others."""

from __future__ import annotations

import sqlalchemy as sa

from engine.store.columns import JsonText
from engine.store.system_columns import new_id, new_instant, new_number, new_ref, new_text
from engine.store.system_tables import SYSTEM

import_run = sa.Table(
    "import_run",
    SYSTEM,
    new_id(),
    new_text("key"),
    new_text("entity"),
    new_text("found"),
    new_text("purpose", "import"),  # import | compare: nothing but this ledger is written then
    new_ref("actor_id", "user_account"),
    new_text("state"),  # mapping | cleaning | matching | judging | ready | running | done | cancelled
    new_number("position"),  # the last row that the present state is done with
    new_number("total"),
    sa.Column("words", JsonText),  # {"head": {"word": "what is meant"}}, as people settled it for this run
    new_instant("created_at", required=True),
    new_instant("changed_at", required=True),
    sa.Index("import_run_actor", "actor_id", "id"),
)

import_sheet = sa.Table(
    "import_sheet",
    SYSTEM,
    new_id(),
    new_ref("run_id", "import_run", required=True),
    new_text("name"),
    new_text("sheet"),
    new_number("head_line"),
    new_number("passed_over"),
    new_number("row_count"),
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
    new_ref("sheet_id", "import_sheet", required=True),
    new_number("line"),  # in its sheet, as people see it
    sa.Column("cells", JsonText),
    sa.Column("cleaned", JsonText),  # the values: {"name": …, "contacts.name": …} in JSON form
    sa.Column("faults", JsonText),  # [[head, sentence, word]]
    new_number("leader"),  # the row whose record this one becomes a part of; itself if it leads
    new_ref("record_id"),
    sa.Column("choice", JsonText),  # {"field": the number of the row it is taken from, or 0 for the record}
    new_text("foreseen"),  # what a dry run says: created | changed | same | skipped | refused
    new_text("state"),  # what became of it: the same words, or "merged", or "" while it waits
    sa.Column("said", JsonText),  # why it is refused
    sa.Column("differences", JsonText),  # of a comparison: [[path, the file's value, the record's]]
)
sa.Index("import_row_leader", import_row.c.run_id, import_row.c.leader)

import_question = sa.Table(
    "import_question",
    SYSTEM,
    new_id(),
    new_ref("run_id", "import_run", required=True),
    new_number("number"),  # a row …
    new_number("other"),  # … and another, or 0
    new_ref("record_id"),  # … or a record
    sa.Column("because", JsonText),
    new_text("answer"),  # "" | same | other
    sa.Index("import_question_run", "run_id"),
)
