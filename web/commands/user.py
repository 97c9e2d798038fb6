"""`sluice user`: list people, add one, set a password. Works on the data directory while nothing serves it."""

from __future__ import annotations

import argparse
import getpass
import sys

import sqlalchemy as sa

from engine.errors import BadInput
from engine.people import passwords
from engine.people.users import NewUser, add_user, find_id
from engine.runtime import Engine
from engine.store.system_tables import org_unit, user_account
from web.commands.options import add_app, add_data
from web.commands.places import engine_at


def add_arguments(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", required=True, metavar="list | add | password")
    lister = actions.add_parser("list", help="everybody with an account")
    adder = actions.add_parser("add", help="a new account; the password is asked for, or read from standard input")
    adder.add_argument("login")
    adder.add_argument("--name", default="", help="as others see the person (the login)")
    adder.add_argument("--role", required=True, help="a role of the app")
    adder.add_argument("--unit", default="", help="name of the unit (none)")
    adder.add_argument("--admin", action="store_true", help="may administer the system")
    changer = actions.add_parser("password", help="a new password; ends the person's sessions and tokens")
    changer.add_argument("login")
    for action in (lister, adder, changer):
        add_app(action)
        add_data(action)


def run(arguments: argparse.Namespace) -> int:
    engine = engine_at(arguments)
    try:
        if arguments.action == "list":
            return _list(engine)
        if arguments.action == "add":
            return _add(engine, arguments)
        return _set_password(engine, arguments.login)
    finally:
        engine.close()


def _list(engine: Engine) -> int:
    user = user_account.c
    people = sa.select(user.login, user.name, user.role, user.is_active).order_by(user.login)
    with engine.database.read() as connection:
        for login, name, role, is_active in connection.rows(people):
            print(f"{login}\t{name}\t{role}\t{'' if is_active else 'closed'}".rstrip())
    return 0


def _add(engine: Engine, arguments: argparse.Namespace) -> int:
    if arguments.role not in engine.app.roles:
        return _refuse(f"the app has no role {arguments.role!r}; it has {', '.join(engine.app.roles)}")
    password = _asked_password()
    complaint = passwords.complaint(password, arguments.login, "en")
    if complaint:
        return _refuse(complaint)
    with engine.database.write() as connection:
        if find_id(connection, arguments.login) is not None:
            return _refuse(f"{arguments.login} has an account already")
        unit = connection.one(sa.select(org_unit.c.id).where(org_unit.c.name == arguments.unit))
        if arguments.unit and unit is None:
            return _refuse(f"there is no unit {arguments.unit!r}")
        new = NewUser(
            login=arguments.login,
            name=arguments.name or arguments.login,
            role=arguments.role,
            unit_id=int(unit[0]) if unit else None,
            password=password,
            is_admin=arguments.admin,
        )
        add_user(connection, new, engine.clock.now())
    return 0


def _set_password(engine: Engine, login: str) -> int:
    with engine.database.read() as connection:
        user_id = find_id(connection, login)
    if user_id is None:
        return _refuse(f"nobody has the login {login!r}")
    try:
        engine.set_password(user_id, _asked_password())
    except BadInput as error:
        return _refuse(" ".join(finding.said for finding in error.findings))
    return 0


def _asked_password() -> str:
    if sys.stdin.isatty():
        return getpass.getpass("password: ")
    return sys.stdin.readline().rstrip("\n")


def _refuse(said: str) -> int:
    print(f"sluice user: {said}", file=sys.stderr)
    return 1
