"""The command line `sluice COMMAND …`. Each command is a module of web.commands, loaded only when it is called.

A command module has `add_arguments(parser)` and `run(arguments) -> exit code`. Exit codes: 0 done, 1 refused or found
errors, 2 wrong usage.
"""

from __future__ import annotations

import argparse
import importlib
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol, cast

from engine.errors import EngineError


@dataclass(frozen=True, slots=True)
class Command:
    """module: where it lives under web.commands. hands_on: its arguments are another's."""

    module: str
    summary: str
    hands_on: bool = False


COMMANDS: Mapping[str, Command] = {
    "start": Command("start", "serve the app"),
    "check": Command("check", "find every mistake in an app's text"),
    "explain": Command("explain", "why a problem code exists, with a bad and a good example"),
    "formula": Command("formula", "the value and type of a formula over a record"),
    "rename": Command("rename", "another name for a field, stage, role, option: wherever an app names it"),
    "schema": Command("schema", "the JSON Schema of the language, for editors"),
    "plan": Command("plan", "what applying an app would change in the database"),
    "apply": Command("apply", "apply an app to the database"),
    "user": Command("user", "list, add people; set a password"),
    "test": Command("test", "run the whole suite; arguments are pytest's", hands_on=True),
    "worker": Command("worker", "run the jobs of other processes (PostgreSQL)"),
    "import": Command("import_files", "load records from spreadsheets"),
    "reconcile": Command("reconcile", "compare an old system's list with the records; writes nothing"),
    "export": Command("export", "write records to a file"),
    "backup": Command("backup", "copy the data while people work"),
    "restore": Command("restore", "bring a backup back"),
}


class CommandModule(Protocol):
    add_arguments: Callable[[argparse.ArgumentParser], None]
    run: Callable[[argparse.Namespace], int]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; its exit code."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    if not given or given[0] in ("-h", "--help"):
        print(_overview())
        return 0 if given else 2
    name, rest = given[0], given[1:]
    command = COMMANDS.get(name)
    if command is None:
        print(f"sluice: there is no command {name!r}\n\n{_overview()}", file=sys.stderr)
        return 2
    return _run(name, command, rest)


def _run(name: str, command: Command, rest: Sequence[str]) -> int:
    module = cast("CommandModule", importlib.import_module(f"web.commands.{command.module}"))
    parser = argparse.ArgumentParser(prog=f"sluice {name}", description=command.summary)
    module.add_arguments(parser)
    given = argparse.Namespace(rest=rest) if command.hands_on else parser.parse_args(rest)
    try:
        return module.run(given)
    except EngineError as error:
        print(f"sluice {name}: {_spoken(str(error))}", file=sys.stderr)
        return 1
    except BrokenPipeError:  # the reader of our output went away: `sluice check … | head`
        sys.stderr.close()
        return 1


def _spoken(said: str) -> str:
    """The terminal's half of a sentence written as `中文 | English`."""
    chinese, separator, english = said.partition(" | ")
    return english if separator and terminal_language() == "en" else chinese


def terminal_language() -> Literal["zh", "en"]:
    """Chinese where the terminal is Chinese, else English."""
    return "zh" if os.environ.get("LC_ALL", os.environ.get("LANG", "")).startswith("zh") else "en"


def _overview() -> str:
    lines = [f"  {name:<9} {command.summary}" for name, command in COMMANDS.items()]
    return "\n".join(["usage: sluice COMMAND [options]", "", *lines])
