"""What every answer carries (CSP and friends), and which changing requests are believed to come from our own pages."""

from flask import Response, request

from models.problems import Problem

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
    "font-src 'self'; connect-src 'self'; manifest-src 'self'; worker-src 'self'; form-action 'self'; "
    "frame-ancestors 'none'; base-uri 'none'; object-src 'none'; require-trusted-types-for 'script'"
)
FIXED = {
    "Content-Security-Policy": CSP,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "geolocation=(self), camera=(self), microphone=(), payment=()",
}
FIXED_FOR_DATA = {
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-origin",
}
"""For answers that are no pages: what a browser minds there.  On 2G these lines weigh as much as a day's edits."""
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


def add_headers(response: Response) -> Response:
    """After each request; personal answers are never kept by a cache unless the route says otherwise."""
    fixed = FIXED_FOR_DATA if response.mimetype == "application/json" else FIXED
    for name, value in fixed.items():
        response.headers.setdefault(name, value)
    response.headers.setdefault("Cache-Control", "no-store")
    if request.is_secure:
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    return response


def check_origin() -> None:
    """A changing request needs Sec-Fetch-Site: same-origin, else our own Origin, else X-Dawis: 1."""
    if request.method in SAFE:
        return
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        believed = site == "same-origin"
    else:
        believed = request.headers.get("X-Dawis") == "1"
        believed = believed or request.headers.get("Origin") == request.host_url.rstrip("/")
    if not believed:
        raise Problem("request.foreign_origin")
