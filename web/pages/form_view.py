"""A form ready for its template: sections of inputs, the error summary, and computed values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from flask import request, url_for

from dsl.app import Entity, Field
from dsl.formula.tree import Formula
from engine.answers import Preview, Record
from engine.verdict import Finding
from web.contexts import Fault, FormPart, Input, Line, Lines
from web.pages.address import address
from web.pages.entry import Entry, EntryLine, form_fields, inline_child, line_fields, quick_fields
from web.pages.frame import is_fragment
from web.pages.inputs import build_input, is_input
from web.pages.showing import label_of, plain_text
from web.session import current_context, current_engine, current_language
from web.url_parts import id_in
from web.words import say

UNTOUCHED = "__untouched"
"""What a form calls the fields that still follow their default: a page drops the name when someone types in one."""


SLOTS = ("dialog", "dialog-2", "dialog-3")
"""The dialogs of a page, from the lowest up: a form opens in the first that is free."""


def mark_of(entity: Entity) -> str:
    """Stands before the ids of a form in a dialog: the page and the dialogs beneath it may show the same fields."""
    if not is_fragment():
        return ""
    slot = request.headers.get("HX-Target", "").rpartition("#")[2]
    return f"{slot}-" if slot in SLOTS else f"{entity.key}-"


def mark_sent(entity: Entity) -> str:
    """The mark that a form in a dialog sends along with what is typed; "" for a page."""
    sent = request.form.get("__over", "")
    return sent if sent in {f"{name}-" for name in (*SLOTS, entity.key)} else ""


@dataclass(frozen=True, slots=True)
class FormView:
    """title, where it is sent, sections, faults; `fields` names what the form shows, so that unticked boxes count.

    untouched: fields that fill themselves while others are typed.
    """

    title: str
    action: str
    preview_href: str
    parts: tuple[FormPart, ...]
    faults: tuple[Fault, ...]
    fields: tuple[str, ...]
    version: int | None
    draft_key: str
    cancel_href: str
    has_computed: bool
    untouched: tuple[str, ...] = ()
    is_quick: bool = False
    """Only the first questions are asked; a button brings the whole form."""


def following(entity: Entity) -> frozenset[str]:
    """Fields whose default reads other values of the record: they follow them until somebody types in them."""
    return frozenset(
        field.key for field in entity.fields.values() if isinstance(field.default, Formula) and field.default.reads
    )


def _untouched(entity: Entity, shown: Iterable[str], entry: Entry, record: Record | None) -> tuple[str, ...]:
    """A refused form keeps the ones it had; a new one begins with all that nothing is given for."""
    if record is not None:
        return ()
    kept = request.form.getlist(UNTOUCHED) if request.method == "POST" else None
    can = following(entity)
    return tuple(k for k in shown if k in can and (k in kept if kept is not None else not entry.raws.get(k)))


def form_view(
    entity: Entity,
    allowed: Iterable[str],
    entry: Entry,
    record: Record | None,
    findings: tuple[Finding, ...],
    *,
    is_quick: bool = False,
) -> FormView:
    """is_quick: a dialog that asks for the first things only."""
    language = current_language()
    errors = dict(entry.errors)
    for finding in findings:
        key = finding.field or finding.needs.field
        if key:
            errors.setdefault(key, finding.said)
    builder = _Builder(entity, frozenset(allowed), entry, record, errors)
    sections = tuple(form_fields(entity))
    first = quick_fields(entity, (*errors, *request.args)) if record is None and (is_quick or entity.quick) else ()
    parts = tuple(builder.parts_around(first, () if is_quick else sections) if first else builder.parts(sections))
    is_quick = is_quick and bool({key for keys in sections for key in keys} - set(first))
    label = entity.label.say(language)
    known: dict[str, object] = {"entity": entity.key, "record_id": record.id} if record else {"entity": entity.key}
    action = address("forms.update" if record else "forms.create", **known)
    query = request.query_string.decode()
    return FormView(
        title=say("编辑{label}", label=label) if record else say("新建{label}", label=label),
        action=f"{action}?{query}" if query else action,
        preview_href=address("forms.preview", **known),
        parts=parts,
        faults=tuple(_faults(parts, findings, builder.line_faults)),
        fields=tuple(builder.shown_fields),
        version=_version(record),
        draft_key=_draft_key(entity, record),
        cancel_href=address("records.show", **known) if record else url_for("lists.show", entity=entity.key),
        has_computed=builder.has_computed,
        untouched=_untouched(entity, builder.shown_fields, entry, record),
        is_quick=is_quick,
    )


def _draft_key(entity: Entity, record: Record | None) -> str:
    """What an unsaved form is kept under: whose it is, and what it is about. A part is kept with its parent."""
    about = str(record.id) if record else f"new:{request.args.get(entity.parent, '')}" if entity.parent else "new"
    return f"{current_context().actor.id}:{entity.key}:{about}"


def _version(record: Record | None) -> int | None:
    """The version that the form was opened with; a refused form keeps the one it had."""
    sent = request.form.get("version", "")
    return id_in(sent) or (record.version if record else None)


class _Builder:
    """Builds the inputs of one form; remembers which fields it showed."""

    def __init__(
        self,
        entity: Entity,
        allowed: frozenset[str],
        entry: Entry,
        record: Record | None,
        errors: Mapping[str, str],
    ) -> None:
        self.entity, self.allowed, self.entry, self.record, self.errors = entity, allowed, entry, record, errors
        self.app, self.language = current_engine().app, current_language()
        self.preview = current_engine().preview(
            current_context(), entity.key, entry.values, entry.children(), record.id if record else None
        )
        self.hidden = current_engine().rights(current_context(), entity.key).hidden
        self.mark = mark_of(entity)
        self.shown_fields: list[str] = []
        self.line_faults: list[Fault] = []
        self.has_computed = False

    def parts_around(self, first: tuple[str, ...], sections: Iterable[tuple[str, ...]]) -> Iterable[FormPart]:
        """What is asked for first in one open part; what the sections have more, folded beneath it."""
        inputs = tuple(i for i in map(self._input, first) if i is not None)
        label = self.entity.label.say(self.language)
        yield FormPart(label, inputs)
        rest = [tuple(key for key in keys if key not in first) for keys in sections]
        for part in self.parts(rest):
            name = say("更多字段") if part.label == label else part.label
            yield replace(part, label=name, is_folded=not any(i.error for i in part.inputs))

    def parts(self, sections: Iterable[tuple[str, ...]]) -> Iterable[FormPart]:
        labels = [section.label.say(self.language) for section in self.entity.form]
        for at, keys in enumerate(sections):
            inputs = tuple(i for i in map(self._input, keys) if i is not None)
            if inputs:
                rest = say("其他") if labels else self.entity.label.say(self.language)
                label = labels[at] if at < len(labels) else rest
                yield FormPart(label, inputs, is_folded=at > 0 and self._can_wait(inputs))

    def _can_wait(self, inputs: Iterable[Input]) -> bool:
        """A section in which nothing is filled in, required or wrong is folded: less to read before the first word."""
        return not any(
            i.raw or i.error or i.files or i.is_required or i.lines or any(p.is_chosen for p in i.picks)
            for i in inputs
            if i.control != "computed"
        )

    def _input(self, key: str) -> Input | None:
        one = self.entity.fields.get(key)
        if one is None or key in self.hidden:
            return None
        if one.kind == "table":
            return self._table(one)
        if not is_input(self.entity, one):
            return self._computed(one) if one.is_computed or key in self.entity.scores else None
        if key not in self.allowed:
            return None
        self.shown_fields.append(key)
        made = build_input(
            self.entity,
            one,
            self.entry.raws.get(key, () if one.kind in ("tags", "choices", "files") else ""),
            error=self.errors.get(key, ""),
            title=self.entry.titles.get(key, ""),
            files=self.entry.files,
            prefix=f"{self.mark}f",
        )
        is_required = self.preview.required.get(key, made.is_required)
        is_shown = self.preview.shown.get(key, True) or bool(made.error)
        return replace(made, is_required=is_required, is_shown=is_shown)

    def _computed(self, one: Field) -> Input | None:
        if one.key not in self.preview.values and self.record is None:
            return None
        self.has_computed = True
        stored = self.record.values.get(one.key) if self.record else None
        value = self.preview.values.get(one.key, stored)
        label = label_of(self.entity, one.key, self.language)
        return Input(one.key, one.key, f"{self.mark}c-{one.key}", label, "computed", text=computed_text(one, value))

    def _table(self, one: Field) -> Input | None:
        child = inline_child(self.app, self.entity, one)
        if child is None:
            return None
        self.shown_fields.append(one.key)
        lines = self.entry.lines.get(one.key, []) or [EntryLine("0", None, {}, {})]
        fields = line_fields(child, self.entity)
        computed = self.preview.children.get(one.key, ())
        rows = tuple(
            self._line(child, one.key, fields, line, computed[at] if at < len(computed) else line.computed)
            for at, line in enumerate(lines)
        )
        pattern = self._line(child, one.key, fields, EntryLine("__n__", None, {}, {}), {})
        self.has_computed = self.has_computed or any(f.is_computed for f in fields)
        label = label_of(self.entity, one.key, self.language)
        table = Lines(pattern.inputs, rows, pattern, 1 + max((int(line.index) for line in lines), default=-1))
        error = self.errors.get(one.key, "")
        made_id = f"{self.mark}f-{one.key}"
        return Input(one.key, one.key, made_id, label, "lines", is_wide=True, lines=table, error=error)

    def _line(
        self, child: Entity, table: str, fields: list[Field], line: EntryLine, computed: Mapping[str, object]
    ) -> Line:
        inputs = []
        for one in fields:
            name = f"{table}.{line.index}.{one.key}"
            if one.is_computed:
                label = label_of(child, one.key, self.language)
                text = computed_text(one, computed.get(one.key))
                inputs.append(Input(one.key, name, f"{self.mark}c-{name}", label, "computed", text=text))
                continue
            made = build_input(
                child,
                one,
                line.raws.get(one.key, () if one.kind in ("tags", "choices") else ""),
                name=name,
                error=line.errors.get(one.key, ""),
                title=line.titles.get(one.key, ""),
                files=self.entry.files,
                prefix=f"{self.mark}f",
            )
            inputs.append(replace(made, control="choice") if made.control == "segments" else made)
            if made.error:
                self.line_faults.append(_fault_of(made))
        return Line(line.index, str(line.id or ""), tuple(inputs), line.is_gone)


def computed_text(one: Field, value: object) -> str:
    """A computed value as the form shows it; numbers of money without decimals that say nothing."""
    return plain_text(current_engine().app, one, value, current_language())


def _fault_of(made: Input) -> Fault:
    """The error with its field's name before it, unless the sentence names the field itself."""
    text = made.error if made.label in made.error else f"{made.label}{say('：')}{made.error}"
    return Fault(text, f"#{made.id}")


def _faults(parts: Iterable[FormPart], findings: Iterable[Finding], line_faults: Iterable[Fault]) -> Iterable[Fault]:
    """The summary: each input with an error in the order of the form, then what belongs to no input."""
    covered = set()
    for part in parts:
        for made in part.inputs:
            if made.error:
                covered.add(made.key)
                yield _fault_of(made)
    yield from line_faults
    for finding in findings:
        if (finding.field or finding.needs.field) not in covered:
            yield Fault(finding.said, rule=finding.rule)


def computed_partials(entity: Entity, entry: Entry, result: Preview, mark: str) -> list[tuple[str, str]]:
    """(id of the output, text) for every computed value that the form shows. mark: see `mark_of`."""
    app = current_engine().app
    shown = [
        (f"{mark}c-{key}", computed_text(entity.fields[key], value))
        for key, value in result.values.items()
        if key in entity.fields and entity.fields[key].is_computed
    ]
    for table, rows in result.children.items():
        child = inline_child(app, entity, entity.fields[table])
        lines = [line for line in entry.lines.get(table, []) if line.is_sent]
        for line, values in zip(lines, rows, strict=False):
            for key, value in values.items():
                if child is not None and key in child.fields and child.fields[key].is_computed:
                    shown.append((f"{mark}c-{table}.{line.index}.{key}", computed_text(child.fields[key], value)))
    return shown
