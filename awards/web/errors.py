"""Which answer each error gets: the only place that maps errors to HTTP."""

from __future__ import annotations

from contextlib import suppress

from flask import (
    Flask,
    Response,
    current_app,
    flash,
    g,
    make_response,
    render_template,
    request,
    url_for,
)
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.exceptions import HTTPException
from werkzeug.utils import redirect
from werkzeug.wrappers import Response as AnyResponse

from awards.calibrations import TooManyToFit
from awards.extensions import db
from awards.shares import HoldersMissing, KeyShared
from awards.storage import NoSuchFile
from awards.timetable import IllegalTransition
from awards.web import face, sessions
from awards.web.access import Audience, audience_of

FORM_EXPIRED = "form_expired"
CERTIFICATE_DOWN = "certificate_down"
TOO_MANY = "too_many_to_fit"
SHARED, NO_HOLDERS = "key_shared", "holders_missing"
GONE = 410
OTHER = 400
TOO_LARGE = 413
BROKEN = 500
MOST_TAKEN_IN = 512 * 1024 * 1024

PAGES = {
    400: (
        _l("The request could not be read"),
        _l("Nothing was changed. Go back, load the page again and repeat what you did."),
    ),
    FORM_EXPIRED: (
        _l("The form is too old"),
        _l("Nothing was changed. Go back, load the page again and send the form once more."),
    ),
    403: (
        _l("This page is not for you"),
        _l("You are signed in, but without the role that this page asks for. The secretariat gives roles."),
    ),
    404: (
        _l("There is no page here"),
        _l("The address may be mistyped, or what it leads to has not been made public."),
    ),
    405: (
        _l("The page can't be used in this way"),
        _l("Nothing was changed. Go back and follow a link or a button of the page."),
    ),
    409: (
        _l("This is not possible now"),
        _l(
            "The awards have moved on since you opened the page. Nothing was changed. "
            "Load the page again to see where they stand."
        ),
    ),
    TOO_MANY: (
        _l("This takes too long for a page"),
        _l(
            "Nothing was changed. The fair scores of this many nominations are computed anew, which takes minutes. "
            "Whoever runs the server does this with the commands of the command line."
        ),
    ),
    SHARED: (
        _l("Key holders open this vote"),
        _l(
            "Nothing was opened. The key of the envelopes is shared among key holders: "
            "two of them give their shares, each on their own page."
        ),
    ),
    NO_HOLDERS: (
        _l("Fewer than two key holders have a key"),
        _l(
            "Nothing was changed. A vote that opens now is sealed to a new key, which is shared among key holders. "
            "First two of them make new keys on their pages; the organisers name others in the place of those "
            "who are gone."
        ),
    ),
    410: (
        _l("This was taken down"),
        _l(
            "It was public, and the secretariat has taken it down to look into something. "
            "It stands here again, as it is then, once two people have put it back."
        ),
    ),
    CERTIFICATE_DOWN: (
        _l("This certificate can't be confirmed now"),
        _l(
            "It was issued here, but the result that it belongs to was taken down, and the secretariat looks into it. "
            "Ask again once the result is public."
        ),
    ),
    413: (
        _l("What you sent is too large"),
        _l(
            "Nothing of it was kept; all that you saved before is still there. "
            "A file may have up to 10 MB: make it smaller and send it again, or send a link."
        ),
    ),
    500: (
        _l("Something broke on our side"),
        _l("What you did was not saved. The fault has been recorded. Try again in a few minutes."),
    ),
}


def init_app(app: Flask) -> None:
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(CSRFError, _form_expired)
    app.register_error_handler(NoSuchFile, lambda error: page(404, 404))
    app.register_error_handler(IllegalTransition, lambda error: page(409, 409))
    app.register_error_handler(TooManyToFit, lambda error: page(409, TOO_MANY))
    app.register_error_handler(KeyShared, lambda error: page(409, SHARED))
    app.register_error_handler(HoldersMissing, lambda error: page(409, NO_HOLDERS))


def _form_expired(_error: CSRFError) -> AnyResponse:
    """A form of an earlier session: whoever is signed in gets it back with what was typed, to send it again.

    Of a ballot nothing is kept, so that its elector begins anew.
    """
    if audience_of(current_app, request.endpoint) is Audience.ELECTOR:
        flash(
            _("This page was too old. Nothing was cast, and nothing that you chose was kept: choose again."),
            "caution",
        )
        return redirect(url_for("voting.index", edition=g.edition.key), 303)
    if sessions.current() is not None and sessions.has_page() and sessions.came_from_here():
        sessions.hold()
        return redirect(request.full_path.rstrip("?"), 303)
    return page(400, FORM_EXPIRED)


def page(status: int, words: int | str, *, back: str = "") -> Response:
    """The page of an error; `back` is where whoever sees it can go on."""
    title, text = PAGES.get(words, PAGES[OTHER])
    specimen = status < 500 and face.only_specimens(db.session())
    return make_response(
        render_template("errors/show.html", title=title, text=text, specimen=specimen, back=back), status
    )


def _http(error: HTTPException) -> Response:
    status = error.code or 500
    if status == TOO_LARGE:
        _take_in()
        return page(status, status, back=request.path if sessions.has_page() else "")
    if status >= BROKEN:
        _leave_what_broke()
    response = page(status, min(status, 500))
    if allowed := error.get_response().headers.get("Allow"):
        response.headers["Allow"] = allowed
    return response


def _leave_what_broke() -> None:
    """End the transaction that failed: the page names who is signed in, where the database can still be asked."""
    try:
        db.session.rollback()
        if g.get("account") is not None:
            db.session.refresh(g.account)
    except SQLAlchemyError:
        g.account = None


def _take_in() -> None:
    """Read what was sent to its end and throw it away: a browser that is still sending reads no answer."""
    left = min(request.content_length or 0, MOST_TAKEN_IN)
    stream = request.environ["wsgi.input"]
    with suppress(OSError):
        while left > 0 and (piece := stream.read(min(left, 65536))):
            left -= len(piece)
