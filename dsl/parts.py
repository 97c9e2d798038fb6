"""The parts of the language: which keys each part knows, what shape each has, and what it is for.

The reader refuses keys that are not here, `dsl.shape` makes the JSON Schema for editors from the same rows.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Key:
    """One key of a part.

    shape: text label yesno whole name names formula field any, a part's name after `@` for one block,
    `{@part` for blocks by key, `[@part` for a list of blocks, or words with `|` for a choice of words.
    is_later: it is read, checked where it can be, and does not act yet.
    """

    name: str
    shape: str
    help: str
    is_required: bool = False
    is_later: bool = False


Part = Mapping[str, Key]


def _part(*rows: str) -> Part:
    """Keys from rows of `name shape help…`; `!` after the name marks a required key, `~` one that acts later."""
    keys = {}
    for row in rows:
        name, shape, help_text = row.split(None, 2)
        plain = name.rstrip("!~")
        keys[plain] = Key(plain, shape, help_text, name.endswith("!"), name.endswith("~"))
    return keys


PARTS: Mapping[str, Part] = {
    "app": _part(
        "app! name The key of the app: lower-case words joined by _",
        "label label What people call it: 中文 | English",
        "version whole The app's own version number",
        "language whole The version of the language; 1",
        "languages names The languages people choose from, the first stands in",
        "timezone text An IANA zone, such as Asia/Shanghai",
        "calendar name The calendar of workdays and holidays; cn",
        "currency text The currency of all money; CNY",
        "modules {yesno Modules and whether each is on",
        "plugins~ names The plugins the app uses",
        "extends~ text Another app that this one lays itself over",
        "filler any Words that count as empty where a real answer is needed",
        "menu any Entities in the order of the navigation",
        "icons any Icons of entities",
        "roles {@role Who there is",
        "choices any Lists of options",
        "entities {@entity What is kept",
        "tables {@table Decision tables",
        "snippets any Texts to insert, for every entity",
        "approvals~ {@approval Approval flows",
        "documents~ any Documents made from records",
        "portal~ any Pages for customers",
        "handover~ any Handing records over to a successor",
        "metrics~ any Figures over records",
        "dashboards~ any Boards of cards",
        "reports~ any Reports sent at a time",
        "imports~ any Files that can be read in",
        "exports~ any Files that can be written",
        "calendars~ any Calendars of the app itself",
        "library~ any Content offered by stage and tag",
        "cadences~ any Timed steps that a user starts",
        "scenarios {@scenario Tests of the app: given, do, then",
    ),
    "role": _part(
        "label label What people call the role",
        "sees own|team|area|all|assigned Which records the role sees",
        "also names Roles whose rights it has too",
    ),
    "option": _part(
        "label label What people read",
        "color text A colour of the look: red, green, blue …",
        "retired yesno Kept for old records, no longer offered",
        "options any The options under this one",
        "if~ formula Tag by itself when this holds",
    ),
    "entity": _part(
        "label label What people call one record",
        "part_of name The entity it belongs to, such as quote for quote_line",
        "code text The number series, such as C<yyyy>-<####>",
        "title name The field that names a record",
        "owner name The person field that owns a record",
        "backup name The person field that stands in for the owner",
        "fields {@field What a record holds",
        "tags any Tags, flat or as a tree",
        "scores {@score Score cards",
        "stages {@stage Stages in order",
        "moves any Which stage may follow which",
        "pipelines {@pipeline Several sets of stages, chosen on creation",
        "validations {@validation What must always hold",
        "at_most_one {@at_most_one At most one record in some stages per reference",
        "rules {@rule What happens when something happens",
        "access {@access What each role may do",
        "views {@view Lists and boards",
        "form any Sections of the form and their fields",
        "snippets any Texts to insert into this entity's fields",
        "was name The key it had before",
        "module name The module it belongs to",
        "icon name An icon of the set that the screens ship",
    ),
    "field": _part(
        "type! field TYPE[.scale] [list or entity] [required] [unique] [= formula]",
        "label label What people call it",
        "help label A hint under the input",
        "required any true, or = formula",
        "unique yesno No two records share a value",
        "default any The value of a new record, or = formula",
        "min any The least value",
        "max any The greatest value",
        "max_length whole The most characters",
        "show formula When the field is shown and may be filled",
        "hide names Roles that never see it",
        "mask any How it is shown to those who see it masked",
        "personal yesno It tells about a person: exported and erased as such",
        "allow_filler yesno Words such as 暂无 are a real answer here",
        "was name The key it had before",
    ),
    "stage": _part(
        "label label What people call it",
        "chance text The chance of winning: 40%",
        "limit text The standard dwell: 7d, or 3 workdays",
        "end won|lost|cancelled|done A stage that ends the record's way",
        "locked yesno The record may not be changed here",
        "approval~ name The approval that runs here",
        "module name The module it belongs to",
        "sop any What to do here: a text or a list of texts",
        "enter @gate What must hold to come in",
        "leave @gate What must hold to go out",
        "color text A colour of the look",
    ),
    "gate": _part(
        "fill names Fields that must have a real value",
        "evidence any Proof: a file field, an image field, a related record",
        "must any Conditions, each with what to say",
        "any_of any One of these is enough",
        "all_of any All of these",
        "at_least whole How many of any_of are needed",
        "opened~ name The customer opened this portal page",
        "mail~ label A mail is kept with the record",
        "approved~ name An approval was given",
        "done~ label A task was done",
        "label label What people call this group",
        "mode observe|warn|enforce Record only, warn, or block",
        "for any Teams the gate is for",
        "waive names Roles that may waive it with a reason",
    ),
    "evidence": _part(
        "label label What people call the proof",
        "where formula Which related records count",
        "live yesno A photo taken now, with place and time",
    ),
    "must": _part(
        "that! formula What must hold",
        "say! label What people read when it does not",
    ),
    "move": _part(
        "by names Roles that may take it",
        "ask label A question to answer, kept with the move",
        "when formula When it may be taken",
        "need @gate What must hold to take it",
    ),
    "pipeline": _part(
        "label label What people call it",
        "if formula Which new records take it",
        "stages! {@stage Stages in order",
        "moves any Which stage may follow which",
    ),
    "validation": _part(
        "that! formula What must hold",
        "say! label What people read when it does not",
        "mode observe|warn|enforce Record only, warn, or refuse",
    ),
    "at_most_one": _part(
        "per! name The reference that may have only one",
        "while! names The stages in which a record counts",
        "say! label What people read when there is one already",
    ),
    "score": _part(
        "label label What people call it",
        "base whole The points to start from",
        "points! [@point Conditions and their points",
        "bands any Names for ranges: 0..39",
    ),
    "point": _part(
        "if! formula When the points count",
        "add! whole How many points, may be negative",
        "label label What people read",
    ),
    "band": _part(
        "range! text From and to: 0..39",
        "label label What people read",
        "color text A colour of the look",
    ),
    "access": _part(
        "see any own, team, area, all, assigned, or a formula; else what the role sees",
        "create any true or a formula",
        "edit any true, a list of fields, or a formula",
        "fields names With a formula in edit: only these fields",
        "delete any true or a formula",
        "export yesno May take lists out",
        "hide names Fields the role never sees",
        "mask names Fields the role sees masked",
        "move any true, false, or a formula; else as edit",
    ),
    "view": _part(
        "label label What people call it",
        "columns names Fields of a list",
        "filter names Fields offered as filters",
        "sort any Fields to sort by, - before for falling",
        "where formula Which records",
        "group name The field to group by",
        "kanban name stage or a choice field: a board",
        "card names Fields on a card",
        "red formula Cards that are red",
        "total name The money field summed over a column",
    ),
    "table": _part(
        "label label What people call it",
        "columns! any The inputs: a list's name, or a name and its type",
        "gives! field The type of the answer",
        "hit first|unique The first row that fits, or exactly one",
        "rows any Rows of cells, the answer last",
        "file text A CSV file beside the app with the rows",
    ),
    "rule": _part(
        "label label What people call it",
        "when~ @when What it waits for: exactly one",
        "if formula Only when this holds",
        "do~ any What then happens",
        "warn formula A yellow mark while this holds",
        "mode observe|warn|enforce Record only, warn, or act",
    ),
    "when": _part(
        "create yesno A record was made",
        "change names One of these fields changed",
        "enter names A stage was entered",
        "leave names A stage was left",
        "stay names A stage is stayed in",
        "for text How long",
        "after name After this day or instant",
        "without name And no such field or record since",
        "every text At these times: monday 09:00, day 02:00",
        "score name A score",
        "becomes name The band it comes to",
        "webhook name A call from outside",
        "button label A button on the record",
        "approved name An approval was given",
        "rejected name An approval was refused",
        "submitted name An approval was asked for",
        "opened name A portal page was opened",
    ),
    "scenario": _part(
        "given any The records that stand before",
        "do any What is done, in order",
        "then any What then holds",
    ),
    "deed": _part(
        "as name Who does it: a role",
        "of name Whose record: an entity; else the first given one",
        "move name The stage it is moved to",
        "set any Fields and their new values",
        "wait text How long nothing is done: 9d",
    ),
    "approval": _part(
        "of! name The entity",
        "label label What people call it",
        "steps! any Who signs, in order",
        "cc any Who is told",
        "same_person any What when one person signs twice",
        "repeated any What when it is asked for again",
        "nobody name Who signs when nobody else can",
        "may names What a signer may do besides",
        "rejected name The stage after a refusal",
    ),
    "step": _part(
        "by any Who signs",
        "cc any Who is told",
        "if formula Only when this holds",
        "sign any all, any, in_order, or how many",
        "within text How long",
        "late any What when it is late",
        "fields names Fields the signer may change",
    ),
}
