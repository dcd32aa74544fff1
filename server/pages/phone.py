"""Serves the built phone app under /app/: the shell is asked for each time, hashed assets are kept for ever."""

from pathlib import Path
from typing import Any

from flask import Blueprint, Response, current_app, redirect, render_template, request, send_from_directory
from werkzeug.security import safe_join

from server.security.guard import PUBLIC, guard

routes = Blueprint("phone", __name__, url_prefix="/app")
DIST = Path(__file__).parents[2] / "pwa" / "dist"
FOR_EVER = "public, max-age=31536000, immutable"
TYPES = {".webmanifest": "application/manifest+json", ".js": "text/javascript", ".mjs": "text/javascript"}
PACKED = {"br": ".br", "gzip": ".gz"}


@routes.get("")
@guard(PUBLIC)
def bare() -> Any:
    """The app lives below its folder."""
    return redirect("/app/", 308)


@routes.get("/")
@guard(PUBLIC)
def app() -> Any:
    """The app's shell, or words where it was not built."""
    return _file("index.html")


@routes.get("/<path:name>")
@guard(PUBLIC)
def file(name: str) -> Any:
    """A file of the build; an address of the app's own pages gets the shell."""
    found = safe_join(str(_folder()), name)
    is_page = "." not in name.rsplit("/", 1)[-1]
    if is_page or (found is None or not Path(found).is_file()):
        if is_page:
            return _file("index.html")
        return Response("tidak ada", 404, mimetype="text/plain")
    return _file(name)


def _folder() -> Path:
    return Path(current_app.config.get("PWA_DIST", DIST))


def _file(name: str) -> Any:
    folder = _folder()
    if not (folder / name).is_file():
        return render_template("app_missing.html"), 503
    sent, packing = _packed(folder, name)
    response = send_from_directory(folder, sent, conditional=True, etag=True)
    response.mimetype = TYPES.get(Path(name).suffix) or _plain_type(name)
    response.headers["Cache-Control"] = FOR_EVER if name.startswith("assets/") else "no-cache"
    response.headers["Vary"] = "Accept-Encoding"
    if packing:
        response.headers["Content-Encoding"] = packing
    if name == "sw.js":
        response.headers["Service-Worker-Allowed"] = "/app/"
    return response


def _packed(folder: Path, name: str) -> tuple[str, str | None]:
    """The smaller form of a file that the build made and the browser takes."""
    for encoding, suffix in PACKED.items():
        if request.accept_encodings.quality(encoding) > 0 and (folder / (name + suffix)).is_file():
            return name + suffix, encoding
    return name, None


def _plain_type(name: str) -> str:
    from mimetypes import guess_type

    return guess_type(name)[0] or "application/octet-stream"
