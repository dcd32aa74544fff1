"""Decides which answers go out gzipped: text over a kilobyte, to whoever accepts it.

On a 2G line the bytes are the wait.  What was written once into a file is compressed at build time instead
(``server/pages/phone.py``).
"""

import gzip

from flask import Response, request

SMALLEST = 1024
LEVEL = 5
KINDS = ("application/json", "application/problem+json", "text/html", "text/css", "text/csv", "text/javascript")


def compress(response: Response) -> Response:
    """After each request; leaves streamed, partial, already encoded and small answers alone."""
    if (
        (response.content_length or SMALLEST) < SMALLEST
        or response.mimetype not in KINDS
        or response.is_streamed
        or response.direct_passthrough
        or "Content-Encoding" in response.headers
        or "Content-Range" in response.headers
    ):
        return response
    response.vary.add("Accept-Encoding")
    body = response.get_data()
    if len(body) < SMALLEST or not request.accept_encodings["gzip"]:
        return response
    response.set_data(gzip.compress(body, LEVEL, mtime=0))
    response.headers["Content-Encoding"] = "gzip"
    return response
