"""Builds `web/static/dist`: `python -m web.assets.build`. Does nothing when the sources have not changed.

npm installs by the lock file (which holds hashes and no addresses), esbuild bundles, the icons become one sprite.
Needs Node 20 or later; without it the answer is one line, exit code 1.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

from web.assets.manifest import DIST, MANIFEST, icon_names

HERE = Path(__file__).parent
SOURCES = HERE / "src"
MODULES = HERE / "node_modules"
ENTRIES = ("app.js", "board.js", "worker.js", "sluice.css")
OLDEST_NODE = 20
_BROTLI = """
const fs = require("fs"), zlib = require("zlib"), folder = process.argv.at(-1);
for (const name of fs.readdirSync(folder).filter((each) => !each.endsWith(".gz")))
  fs.writeFileSync(`${folder}/${name}.br`, zlib.brotliCompressSync(fs.readFileSync(`${folder}/${name}`)));
"""
"""Node packs with Brotli, at its best by default; Python's own library does not."""


class BuildFailed(Exception):
    """The message is one line for whoever runs the build."""


def build() -> bool:
    """Make dist if the sources changed; returns whether it did. Raises BuildFailed."""
    digest = sources_digest()
    if _built_digest() == digest:
        return False
    node = _node()
    _install_modules()
    if DIST.exists():
        shutil.rmtree(DIST)
    DIST.mkdir(parents=True)
    files = _bundle(node)
    files["icons.svg"] = _write_hashed("icons.svg", sprite(icon_names()).encode())
    _pack(node)
    manifest = {"digest": digest, "files": dict(sorted(files.items()))}
    MANIFEST.write_text(json.dumps(manifest, indent=2) + "\n", encoding="utf-8")
    return True


def sources_digest() -> str:
    """SHA-256 over names and contents of everything that dist is made from."""
    total = hashlib.sha256()
    for path in sorted(_inputs()):
        total.update(path.relative_to(HERE).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return total.hexdigest()


def sprite(names: Iterable[str]) -> str:
    """One SVG with a symbol `i-NAME` for each outline icon."""
    folder = MODULES / "@tabler" / "icons" / "icons" / "outline"
    symbols = []
    for name in names:
        file = folder / f"{name}.svg"
        if not file.is_file():
            raise BuildFailed(f"icons.txt names {name!r}, which the icon set does not have")
        inner = re.search(r"<svg[^>]*>(.*)</svg>", file.read_text(encoding="utf-8"), re.DOTALL)
        body = re.sub(r"\s+", " ", inner.group(1)).strip() if inner else ""
        symbols.append(f'<symbol id="i-{name}" viewBox="0 0 24 24">{body}</symbol>')
    return f'<svg xmlns="http://www.w3.org/2000/svg">{"".join(symbols)}</svg>'


# --- steps -----------------------------------------------------------------------------------------------------------


def _inputs() -> Iterable[Path]:
    yield from (HERE / name for name in ("package.json", "package-lock.json", "icons.txt", "build.py"))
    yield from (path for path in SOURCES.rglob("*") if path.is_file())


def _built_digest() -> str:
    if not MANIFEST.is_file():
        return ""
    manifest = json.loads(MANIFEST.read_text(encoding="utf-8"))
    whole = all((DIST / file).is_file() for file in manifest["files"].values())
    return str(manifest["digest"]) if whole else ""


def _node() -> str:
    node = shutil.which("node")
    if node is None:
        raise BuildFailed(f"Node {OLDEST_NODE} or later is needed to build the pages' scripts; it is not on the PATH")
    version = _run([node, "--version"]).lstrip("v").split(".")[0]
    if int(version) < OLDEST_NODE:
        raise BuildFailed(f"Node {OLDEST_NODE} or later is needed to build the pages' scripts; this one is {version}")
    return node


def _install_modules() -> None:
    """`npm ci`, unless what is there came from this very lock file."""
    lock = hashlib.sha256((HERE / "package-lock.json").read_bytes()).hexdigest()
    stamp = MODULES / ".installed-from"
    if stamp.is_file() and stamp.read_text(encoding="utf-8") == lock:
        return
    npm = shutil.which("npm")
    if npm is None:
        raise BuildFailed("npm is needed to build the pages' scripts; it is not on the PATH")
    _run([npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"])
    stamp.write_text(lock, encoding="utf-8")


def _bundle(node: str) -> dict[str, str]:
    """Entry name → hashed file name. Islands become chunks of their own, loaded where a page has one."""
    meta = HERE / "node_modules" / ".meta.json"
    _run(
        [
            node, str(MODULES / "esbuild" / "bin" / "esbuild"), *(str(SOURCES / name) for name in ENTRIES),
            "--bundle", "--minify", "--format=esm", "--splitting", "--target=es2020,chrome90,safari15",
            "--entry-names=[name]-[hash]", "--chunk-names=part-[name]-[hash]",
            "--legal-comments=none", f"--outdir={DIST}", f"--metafile={meta}", "--log-level=error",
        ]
    )  # fmt: skip
    outputs = json.loads(meta.read_text(encoding="utf-8"))["outputs"]
    made = {}
    for file, facts in outputs.items():
        entry = Path(facts.get("entryPoint", "")).name
        if entry in ENTRIES:
            made[entry] = Path(file).name
    return made


def _pack(node: str) -> None:
    """Beside each file the same as .br and .gz, as small as they get: packed once here, not for each reader."""
    for path in DIST.iterdir():
        packed = gzip.compress(path.read_bytes(), compresslevel=9, mtime=0)
        path.with_name(f"{path.name}.gz").write_bytes(packed)
    _run([node, "--eval", _BROTLI, str(DIST)])


def _write_hashed(name: str, content: bytes) -> str:
    stem, _, ending = name.partition(".")
    file = f"{stem}-{hashlib.sha256(content).hexdigest()[:8].upper()}.{ending}"
    (DIST / file).write_bytes(content)
    return file


def _run(command: list[str]) -> str:
    done = subprocess.run(command, cwd=HERE, capture_output=True, text=True, check=False)  # noqa: S603 — fixed commands
    if done.returncode != 0:
        said = (done.stderr or done.stdout).strip().splitlines()
        raise BuildFailed(f"{Path(command[0]).name} failed: {said[0] if said else done.returncode}")
    return done.stdout.strip()


def main() -> int:
    try:
        made = build()
    except BuildFailed as failure:
        sys.stderr.write(f"{failure}\n")
        return 1
    sys.stdout.write("assets built\n" if made else "assets are up to date\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
