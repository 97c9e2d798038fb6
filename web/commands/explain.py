"""`sluice explain CODE`: what a problem means, why it is one, and a bad and a good example."""

from __future__ import annotations

import argparse
import sys
from textwrap import indent

from dsl.catalog import CATALOG
from dsl.names import suggest
from web.commands.options import add_language

_HEADS = {"zh": ("为什么", "不好", "好"), "en": ("why", "bad", "good")}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("code", metavar="CODE", help="such as A03")
    add_language(parser)


def run(arguments: argparse.Namespace) -> int:
    code = arguments.code.upper()
    entry = CATALOG.get(code)
    if entry is None:
        near = ", ".join(suggest(code, CATALOG)) or ", ".join(sorted(CATALOG))
        print(f"sluice explain: there is no code {code}; near it: {near}", file=sys.stderr)
        return 1
    why, bad, good = _HEADS[arguments.lang]
    print(f"{code}: {entry.title.say(arguments.lang)}\n")
    print(f"{why}: {entry.why.say(arguments.lang)}\n")
    print(f"{bad}:\n{indent(entry.bad.rstrip(), '  ')}\n")
    print(f"{good}:\n{indent(entry.good.rstrip(), '  ')}")
    return 0
