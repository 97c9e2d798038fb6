"""The parts through which data comes in and goes out: documents, pages, figures, boards, files, calendars, content."""

from __future__ import annotations

from collections.abc import Mapping

from dsl.part_rows import Part, part

OUTLET_PARTS: Mapping[str, Part] = {
    "document": part(
        "of! name The entity",
        "label label What people call it",
        "template! text The file it is made from: quote.html",
        "fields names The fields that the template may show",
        "watermark label A text across the page; <path> shows a value",
        "qr name The portal page that its code leads to",
        "module name The module it belongs to",
        "reveals text Why it may show what some of its readers do not see",
    ),
    "page": part(
        "of! name The entity",
        "label label What people call it",
        "show! names The fields that the customer sees",
        "buttons names What the customer may do: accept, reject, comment, sign, upload, download",
        "until any Until when it opens: a date field, or a duration from its making",
        "module name The module it belongs to",
        "reveals text Why the customer may see what some roles do not",
    ),
    "handover": part(
        "of! name The entity whose records pass on",
        "label label What people call it",
        "freeze names What the leaver may no longer do: edit, move, create, export",
        "to! any Who takes over",
        "report text The file of the report: handover.html",
        "watch text How long the successor is watched over: 30d",
        "checklist {text What the successor must do, and by when",
    ),
    "metric": part(
        "of! name The entity",
        "label label What people call it",
        "value! formula A figure over all records: sum(amount where …)",
        "alarm text The range that is red: 0%..18%",
        "target text The value to reach",
        "reveals text Why it may be made from what some readers do not see",
    ),
    "dashboard": part(
        "label label What people call it",
        "for names The roles that see it",
        "cards! [@card What stands on it",
        "send @sending When and to whom it is sent",
        "reveals text Why it may show what some readers do not see",
    ),
    "card": part(
        "funnel name A stage field, such as opportunity.stage",
        "number name A metric",
        "line name A metric over time",
        "bar name A metric by a field",
        "heatmap name A field as colours, such as visit.mood",
        "list name A list view, such as customer.rescue",
        "label label What people call it",
        "value name The metric beside it",
        "rows name The field that makes the rows",
        "by name The field that makes the bars",
        "every day|week|month|quarter|year The step of a line",
        "top whole Only the first ones",
        "red any When it is red: a range, or 2 for 3 days",
    ),
    "sending": part(
        "every! text At these times: monday 09:00",
        "to! any Who gets it",
        "via names The channels: inbox, mail, or a plugin",
    ),
    "report": part(
        "of! name The entity",
        "label label What people call it",
        "columns! names The fields in it",
        "where formula Which records",
        "group name The field to group by",
        "sort any Fields to sort by, - before for falling",
        "send @sending When and to whom it is sent",
        "reveals text Why it may show what some readers do not see",
    ),
    "import": part(
        "to! name The entity that is filled",
        "label label What people call it",
        "columns! {name A column's head, and the field that it fills",
        "same_when names The fields by which a record is known again",
        "found update|skip|review What when it is there already",
    ),
    "export": part(
        "of! name The entity",
        "label label What people call it",
        "columns! any The fields, or a column's head and its field",
        "where formula Which records",
        "by names The roles that may take it out",
        "reveals text Why it may show what some readers do not see",
    ),
    "calendar": part(
        "label label What people call it",
        "like name The calendar it starts from: cn",
        "week names The working days: monday, tuesday …",
        "hours names The working hours: 09:00-12:00",
        "off names Days on which nobody works",
        "on names Days on which people work all the same",
    ),
    "content": part(
        "label! label What people call it",
        "of! name The entity it is offered on",
        "stages names Offered in these stages",
        "tags names Offered with these tags",
        "file text The file that is offered",
        "text label The text that is offered",
    ),
}
