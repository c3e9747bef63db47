"""What every answer tells the browser: nothing runs but our own files, nothing is framed, nothing private is kept."""

from __future__ import annotations

from flask import Flask, Response, current_app, g, request

from awards.web.access import Audience, audience_of

CONTENT = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'; object-src 'none'"
)
ALWAYS = {
    "Content-Security-Policy": CONTENT,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), interest-cohort=()",
}
LOCKED = "default-src 'none'; sandbox"
"""The policy of a file: nothing in it loads or runs, even if a browser shows it."""
FRAMED = "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; frame-ancestors *"
"""The policy of a page that is made to be framed."""
HTTPS_ONLY = {"Strict-Transport-Security": "max-age=31536000; includeSubDomains"}


def init_app(app: Flask) -> None:
    app.after_request(_add)


def lock(response: Response) -> Response:
    """An answer that is somebody's file."""
    response.headers["Content-Security-Policy"] = LOCKED
    return response


def share(response: Response) -> Response:
    """An answer that pages and programs of other sites may read, since it is everybody's."""
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


def be_framed(response: Response) -> Response:
    """A page that other sites may show in a frame of theirs; nothing can be sent from it."""
    response.headers["Content-Security-Policy"] = FRAMED
    return share(response)


def keep_privately(response: Response, seconds: int) -> Response:
    """An answer that the browser of whoever asked may keep, because it never changes; nobody else keeps it."""
    g.kept = f"private, max-age={seconds}, immutable"
    return response


def _add(response: Response) -> Response:
    for name, value in ALWAYS.items():
        response.headers.setdefault(name, value)
    if current_app.config["LAURELS_URL"].startswith("https:"):
        response.headers.update(HTTPS_ONLY)
    public = audience_of(current_app, request.endpoint) is Audience.ANYONE
    if response.status_code == 200 and "kept" in g:
        response.headers["Cache-Control"] = g.kept
        return response
    if not public or response.status_code >= 400:
        response.headers["Cache-Control"] = "no-store"
        return response
    response.headers["Cache-Control"] = "no-cache"
    if response.status_code == 200 and request.method in ("GET", "HEAD"):
        if not response.direct_passthrough:
            response.add_etag()
        response.make_conditional(request)
    return response
