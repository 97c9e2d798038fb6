"""`sluice check --data`: one line for every inconsistency in the data, with its cure. Exit 1 when there is any."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable
from dataclasses import asdict

from engine.installed import Installed
from engine.integrity.check import inconsistencies
from engine.integrity.inconsistency import Inconsistency
from engine.integrity.repair import repair
from engine.observe import observe
from engine.runtime import Engine
from web.commands.options import ROOT


def check_data_at(arguments: argparse.Namespace) -> int:
    """Looks on, beside whoever serves the data; to repair, it takes the data for itself (StoreLocked)."""
    app, data = arguments.file.resolve(), (arguments.data or ROOT / "data").resolve()
    if arguments.repair:
        engine = Engine.start(app, arguments.database, data)
        try:
            repair(engine.installed)
        finally:
            engine.close()
    engine = observe(app, arguments.database, data)
    try:
        return _told(engine.installed, arguments)
    finally:
        engine.close()


def _told(installed: Installed, arguments: argparse.Namespace) -> int:
    found = inconsistencies(installed)
    count = _print_json(found) if arguments.format == "json" else _print(found, arguments.lang)
    return 1 if count else 0


def _print(found: Iterable[Inconsistency], language: str) -> int:
    count = 0
    for each in found:
        print(each.said(language), flush=True)
        count += 1
    if language == "zh":
        print(f"数据检查:{count} 处不一致" if count else "数据检查:全部一致")
    else:
        print(f"data check: {count} inconsistencies" if count else "data check: everything agrees")
    return count


def _print_json(found: Iterable[Inconsistency]) -> int:
    told = [asdict(each) | {"said": {language: each.said(language) for language in ("zh", "en")}} for each in found]
    print(json.dumps(told, ensure_ascii=False, indent=1))
    return len(told)
