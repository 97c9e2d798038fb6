"""What makes the site an app on a phone: its manifest, its service worker, its page for no network. All are public
and the same for everybody: nothing of a person's is in them, and nothing of a person's is kept by them."""

from __future__ import annotations

import json

from flask import Blueprint, Response, url_for

from web.assets.manifest import asset, built_text
from web.session import current_engine, current_language
from web.templating import rendered

blueprint = Blueprint("installing", __name__)
ICONS = (
    ("icon-192.png", "192x192", "any"),
    ("icon-512.png", "512x512", "any"),
    ("mask-512.png", "512x512", "maskable"),
)


@blueprint.get("/manifest.webmanifest")
def manifest() -> Response:
    label = current_engine().app.label.say(current_language())
    body = {
        "name": label,
        "short_name": label[:12],
        "lang": current_language(),
        "start_url": "/",
        "scope": "/",
        "display": "standalone",
        "background_color": "#f5f6f8",
        "theme_color": "#0a5fc2",
        "icons": [
            {"src": url_for("static", filename=f"icons/{name}"), "sizes": size, "type": "image/png", "purpose": purpose}
            for name, size, purpose in ICONS
        ],
    }
    response = Response(json.dumps(body, ensure_ascii=False), mimetype="application/manifest+json")
    response.headers["Cache-Control"] = "no-cache"
    return response


@blueprint.get("/worker.js")
def worker() -> Response:
    """The script with the addresses it keeps written above it; a new build is a new script, and so a new shelf."""
    files = [url_for("installing.offline"), asset("sluice.css"), url_for("static", filename="icons/icon-192.png")]
    kept = json.dumps([file for file in files if file])
    response = Response(f"const files = {kept};\n{built_text('worker.js')}", mimetype="text/javascript")
    response.headers["Cache-Control"] = "no-cache"
    return response


@blueprint.get("/offline")
def offline() -> Response:
    return Response(rendered("offline.html"))
