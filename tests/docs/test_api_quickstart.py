"""The quickstart of the API runs as it is printed, against a real server."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.testing import actor, engine_for
from tests.docs.pages import ROOT
from web.create_site import create_site
from web.serving import Server

PAGE = (ROOT / "docs" / "guide" / "api-quickstart.md").read_text(encoding="utf-8")


@pytest.fixture
def environment(tmp_path: Path) -> Iterator[dict[str, str]]:
    engine = engine_for(ROOT / "apps" / "sales_crm.yaml", tmp_path)
    engine.set_password(actor(engine, "sales").id, "a long quick word")
    engine.jobs.start(engine)
    server = Server(create_site(engine), "127.0.0.1", 0, threads=2)
    thread = threading.Thread(target=server.run)
    thread.start()
    address = f"http://127.0.0.1:{server.port}"
    try:
        who = {"LOGIN": "sales", "PASSWORD": "a long quick word", "NAME": "Sales"}
        yield {"URL": address, "PATH": os.environ["PATH"], **who}
    finally:
        server.stop()
        thread.join(timeout=20)
        engine.close()


def _blocks(language: str) -> str:
    """All that the page has in one language, as somebody types it who reads on."""
    found = re.findall(rf"^```{language}\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    assert len(found) == 2
    return "".join(found)


def _output(command: list[str], environment: dict[str, str], folder: Path) -> str:
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_python_half_runs(environment: dict[str, str], tmp_path: Path) -> None:
    utf_8 = environment | {"PYTHONIOENCODING": "utf-8"}
    told = _output([sys.executable, "-c", _blocks("python")], utf_8, tmp_path).splitlines()
    assert "customer 201" in told
    assert "deal 201 500000.00 lead" in told
    assert "conflict 409 一号产线" in told
    assert "expanded auto" in told
    assert "bulk [201, 201, 201]" in told
    assert any(line.startswith("move ") for line in told)
    assert "proposed ['日期', '客户', '方式', '', '业务员']" in told
    assert "preview {'created': 1}" in told
    assert "result {'created': 1}" in told
    assert "rows [('reports.csv · 2', True)]" in told


def test_the_curl_half_runs(environment: dict[str, str], tmp_path: Path) -> None:
    if shutil.which("curl") is None:
        pytest.skip("curl is not installed")
    told = _output(["bash", "-euc", _blocks("sh")], environment, tmp_path)
    answers = [json.loads(part) for part in re.split(r"(?<=\})(?=\{\")", told)]
    first, again, page, refused, problems, run = answers
    assert first["id"] == again["id"]
    assert page["total"] == 1
    assert page["items"][0]["name"] == "快速阀门"
    assert refused["status"] == 422
    assert problems["problems"][0]["place"] == "reports.csv · 3"
    assert (run["state"], run["result"]) == ("done", {"created": 1, "refused": 1})
    assert (tmp_path / "to-correct.xlsx").read_bytes().startswith(b"PK")
