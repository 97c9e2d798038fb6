"""`sluice export`: a list or a declared file as somebody may see it; with `--bundle`, everything there is.

Both run beside whoever serves the data, on either database.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from engine.bundle.export import write_bundle
from engine.context import Context
from engine.errors import BadInput
from engine.intake.export_files import Format
from engine.intake.exports import Wish, declared, export
from engine.observe import observe
from engine.people import users
from engine.runtime import Engine
from engine.store.lists import Query
from web.cli import terminal_language
from web.commands.options import add_app, add_data


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_app(parser)
    add_data(parser)
    parser.add_argument("what", nargs="?", default="", metavar="WHAT", help="an entity or a declared file")
    parser.add_argument("--bundle", type=Path, metavar="FILE", help="everything, with its files, as one zip")
    parser.add_argument("--to", type=Path, metavar="FILE", help="where to; .csv makes a CSV, else Excel")
    parser.add_argument("--as", dest="login", metavar="LOGIN", help="with whose eyes and rights")
    parser.add_argument("--filter", default="", metavar="FORMULA", help="which records, as in the list's filter")
    parser.add_argument("--sort", default="", metavar="FIELDS", help="fields, - before a descending one")
    parser.add_argument("--fields", default="", metavar="FIELDS", help="the columns, in their order (all)")


def run(arguments: argparse.Namespace) -> int:
    if arguments.bundle is not None:
        return _bundle(arguments)
    if not arguments.what or arguments.to is None or not arguments.login:
        return _refuse("say what, --to FILE and --as LOGIN", 2)
    engine = observe(arguments.app.resolve(), arguments.database, arguments.data.resolve())
    try:
        return _export(engine, arguments)
    except BadInput as error:
        return _refuse("; ".join(finding.said for finding in error.findings))
    finally:
        engine.close()


def _bundle(arguments: argparse.Namespace) -> int:
    """Beside whoever serves the data: a bundle only reads."""
    engine = observe(arguments.app.resolve(), arguments.database, arguments.data.resolve())
    try:
        manifest = write_bundle(engine.installed, arguments.bundle)
    finally:
        engine.close()
    print(f"{arguments.bundle}: {sum(part.rows for part in manifest.parts)} rows, {len(manifest.parts)} parts")
    return 0


def _export(engine: Engine, arguments: argparse.Namespace) -> int:
    with engine.database.read() as connection:
        user_id = users.find_id(connection, arguments.login)
    actor = engine.actor(user_id) if user_id is not None else None
    if actor is None:
        return _refuse(f"nobody has the login {arguments.login!r}")
    context = engine.context(actor, "command")
    wish = _wish(engine, context, arguments)
    if isinstance(wish, str):
        return _refuse(wish)
    form: Format = "csv" if arguments.to.suffix.lower() == ".csv" else "xlsx"
    part = arguments.to.with_name(arguments.to.name + ".part")
    try:
        with part.open("wb") as target:
            count = export(engine.installed, context, wish, form, target)
        part.replace(arguments.to)
    finally:
        part.unlink(missing_ok=True)
    print(f"{arguments.to}: {count}")
    return 0


def _wish(engine: Engine, context: Context, arguments: argparse.Namespace) -> Wish | str:
    """What is asked for, or what is wrong with it."""
    language = terminal_language()
    if arguments.what in engine.app.exports:
        return declared(engine.app.exports[arguments.what], language)
    entity = engine.app.entities.get(arguments.what)
    if entity is None:
        known = ", ".join((*engine.app.exports, *engine.app.entities))
        return f"there is nothing called {arguments.what!r}; there are {known}"
    asked = _words(arguments.fields) or tuple(each.key for each in entity.fields.values() if each.kind != "table")
    where = None
    if arguments.filter:
        checked = engine.filter(context, entity.key, arguments.filter)
        if checked.value is None or checked.errors:
            return f"this filter cannot be read: {arguments.filter}"
        where = checked.value
    query = Query(entity.key, where=where, sort=_words(arguments.sort), fields=asked)
    return Wish(entity.label.say(language), query)


def _words(text: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in text.split(",") if word.strip())


def _refuse(said: str, code: int = 1) -> int:
    print(f"sluice export: {said}", file=sys.stderr)
    return code
