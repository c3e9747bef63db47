"""Who is signed in: the cookie's token, the way to the sign-in page and back, and the form typed meanwhile."""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum
from urllib.parse import SplitResult, urlsplit

import flask_login
from flask import Flask, current_app, g, has_request_context, request, session, url_for
from flask import Response as FlaskResponse
from flask.sessions import SecureCookieSessionInterface, SessionMixin
from werkzeug.datastructures import MultiDict
from werkzeug.utils import redirect
from werkzeug.wrappers import Response

from awards import sessions
from awards.audit import Actor
from awards.config import LANGUAGES
from awards.extensions import begin_writing, db, login_manager
from awards.models import Account, SignedInBy, UserSession
from awards.web.access import Audience, audience_of

TOKEN = "_user_id"  # noqa: S105 (the place where Flask-Login keeps it)
WAS = "was"
HELD = "held_form"
HELD_PATH = "held_path"
NOT_HELD = "not_held"
NEXT = "next"
NEVER_HELD = frozenset({"csrf_token", "password", "current", "again", "code", "on_paper", "receipt"})
MOST_HELD = 2 * 1024 * 1024


class PageSessions(SecureCookieSessionInterface):
    """Only pages keep the cookie alive: a picture that arrives late, with a cookie from before, must not replace it."""

    def save_session(self, app: Flask, session: SessionMixin, response: FlaskResponse) -> None:
        if session.modified or response.mimetype == "text/html":
            super().save_session(app, session, response)


def init_app(app: Flask) -> None:
    app.session_interface = PageSessions()
    login_manager.session_protection = None
    login_manager.init_app(app)
    login_manager.user_loader(_load)
    app.context_processor(
        lambda: {
            "me": g.get("account"),
            "held": g.get("held", False),
            "personal": has_request_context() and audience_of(app, request.endpoint) is not Audience.ANYONE,
        }
    )
    app.after_request(_forget_what_was_taken)
    app.jinja_env.filters["combined"] = lambda one, other: {**one, **other}


def _load(token: str) -> Account | None:
    """Flask-Login's question whose token this is."""
    found: UserSession | None = sessions.find(db.session(), token, now())
    if found is None:
        return None
    g.user_session = found
    found.account.session_token = token
    return found.account


def now() -> datetime:
    """The moment of this request, the same wherever it is asked."""
    if "now" not in g:
        g.now = datetime.now(UTC)
    moment: datetime = g.now
    return moment


def current() -> Account | None:
    """Who is signed in; asked once a request, and noted from time to time in a transaction of its own."""
    if "account" not in g:
        g.user_session = None
        user = flask_login.current_user
        g.account = user._get_current_object() if user.is_authenticated else None
        if g.account is not None and request.method == "GET":
            _note_use()
    found: Account | None = g.account
    return found


def _note_use() -> None:
    database = db.session()
    if now() < g.user_session.seen_at + sessions.SEEN_EVERY:
        return
    database.rollback()
    begin_writing()
    database.refresh(g.user_session)
    sessions.touch(g.user_session, now())
    database.commit()


def me() -> Account:
    """Whoever is signed in, on a page that only they can reach."""
    account: Account = g.account
    return account


def actor() -> Actor:
    """Whoever is signed in, as who acts."""
    return Actor(account=me(), real=me())


def sign_in(account: Account, *, by: SignedInBy, target: str = "") -> Response:
    """Open a session on this device and lead to where the person wanted to go. The caller commits.

    Whoever was signed in here before isn't any more. A form that is kept stays with the device for its own sender;
    somebody else isn't led to it.
    """
    _end_this_one()
    kept = {key: session[key] for key in (HELD, HELD_PATH) if key in session}
    said = session.get("_flashes", [])
    wanted = target or session.get(NEXT, "")
    if kept and not target and sessions.held_form(db.session(), kept.get(HELD, ""), account, now()) is None:
        wanted = ""
    session.clear()
    session.permanent = True
    account.session_token = sessions.open_session(
        db.session(), account, by=by, agent=request.user_agent.string, now=now()
    )
    flask_login.login_user(account)
    session.update(kept, _flashes=said)
    return lead(wanted if is_own(wanted) else url_for("today.show", language=account.language))


def lead(target: str) -> Response:
    """Lead to a page after something was done."""
    return redirect(target, 303)


def sign_out() -> None:
    """End the session of this device. The caller commits.

    The cookie remembers whose it was, so that a form sent from a page left open is kept for that person alone.
    """
    token = session.get(TOKEN)
    _end_this_one()
    session.clear()
    g.account = None
    if token:
        session[WAS] = token


def _end_this_one() -> None:
    found = sessions.find(db.session(), session.get(TOKEN, ""), now()) if TOKEN in session else None
    if found is not None:
        who = Actor(account=found.account, real=found.account)
        sessions.end(db.session(), found, actor=who, now=now())


def come_back() -> None:
    """Remember this page as the one to lead to after the next sign-in."""
    session[NEXT] = request.full_path.rstrip("?")


def lead_after_sign_in(target: str) -> Response:
    """Lead to the sign-in page, and from there to a page of ours."""
    session[NEXT] = target
    return redirect(url_for("sign_in.show"), 303)


class Waiting(StrEnum):
    """What waits for whoever signs in now."""

    PAGE = "page"
    FORM = "form"
    LOST = "lost"


def waiting() -> Waiting | None:
    """What the sign-in page says of the way that led to it."""
    if session.get(NOT_HELD):
        return Waiting.LOST
    if session.get(HELD):
        return Waiting.FORM
    return Waiting.PAGE if session.get(NEXT) else None


def is_own(target: str) -> bool:
    """Whether an address is a page of this site: a path, and nothing that a browser reads as another site's."""
    parts = _parts(target)
    return (
        target.startswith("/")
        and not target.startswith("//")
        and "\\" not in target
        and target.isprintable()
        and not parts.scheme
        and not parts.netloc
    )


def ask_to_sign_in() -> Response:
    """Lead to the sign-in page and remember the way back; a form that was sent is kept for its sender."""
    wanted = request.full_path.rstrip("?")
    if request.method == "POST":
        session[NOT_HELD] = not hold()
        wanted = wanted if has_page() else _parts(request.referrer or "").path
    session[NEXT] = wanted if is_own(wanted) else ""
    return redirect(url_for("sign_in.show"), 303)


def hold() -> bool:
    """Keep the posted form, but for passwords and codes, until its sender has signed in again. False: it wasn't kept.

    A form that another site made a browser send is not kept, nor one of which nobody knows whose it is, and never one
    that may hold a ballot, or what opens a holder's key.
    """
    if audience_of(current_app, request.endpoint) in (Audience.ELECTOR, Audience.HOLDER):
        return False
    fields = [[name, value] for name, value in request.form.items(multi=True) if name not in NEVER_HELD]
    if not came_from_here() or sum(len(name) + len(value) for name, value in fields) > MOST_HELD:
        return False
    database = db.session()
    owner = sessions.whose(database, session.get(TOKEN) or session.get(WAS) or "")
    if owner is None:
        return False
    path = request.full_path.rstrip("?")
    session[HELD] = sessions.hold_form(database, account=owner, path=path, fields=fields, now=now())
    session[HELD_PATH], g.just_held = path, True
    database.commit()
    return True


def has_page() -> bool:
    """Whether the address of this request can also be opened, not only sent to."""
    return request.url_rule is not None and "GET" in (request.url_rule.methods or ())


def came_from_here() -> bool:
    """Whether a request was sent by one of our own pages, as far as the browser tells."""
    fetched = request.headers.get("Sec-Fetch-Site")
    if fetched is not None:
        return fetched in ("same-origin", "none")
    origin = request.headers.get("Origin") or request.headers.get("Referer") or ""
    return not origin or _parts(origin).netloc == request.host


def held() -> MultiDict[str, str] | None:
    """What was typed into the form of this page before the session ended; None where nothing was kept.

    A view fills its form with it: `form = XForm(formdata=sessions.filled())`. It is shown until it is sent.
    """
    token = session.get(HELD)
    if not token or request.method != "GET" or getattr(g, "account", None) is None or not _is_held_here():
        return None
    found = sessions.held_form(db.session(), token, g.account, now())
    if found is None or _path(found.path) != _path(request.path):
        return None
    g.held = True
    return MultiDict((name, value) for name, value in found.fields)


def filled() -> MultiDict[str, str] | None:
    """What a form of this page is filled with: what was posted, else what was kept, else None."""
    return request.form if request.method == "POST" else held()


def _forget_held() -> None:
    """After a form was taken: what was kept of it is not needed any more, and goes."""
    token = session.pop(HELD, None)
    session.pop(HELD_PATH, None)
    if token:
        db.session.rollback()
        begin_writing()
        sessions.drop_held(db.session(), token)
        db.session.commit()


def _forget_what_was_taken(response: FlaskResponse) -> FlaskResponse:
    """A form that was kept and now has been taken, which leads on to a page, is kept no longer."""
    taken = request.method == "POST" and response.status_code in (302, 303) and "just_held" not in g
    if taken and getattr(g, "account", None) is not None and HELD in session and _is_held_here():
        _forget_held()
    return response


def _is_held_here() -> bool:
    return _path(session.get(HELD_PATH, "")) == _path(request.path)


def _parts(address: str) -> SplitResult:
    """The parts of an address, empty ones where it is none."""
    try:
        return urlsplit(address)
    except ValueError:
        return urlsplit("")


def _path(address: str) -> str:
    """The path of an address without its language, so that a form is found again in the other one."""
    path = _parts(address).path
    first, _, rest = path.removeprefix("/").partition("/")
    return f"/{rest}" if first in LANGUAGES else path
