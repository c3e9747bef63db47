"""Coming in: by the link of a mail, by the code of a printed letter, or signed in; and leaving a device."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import StringField
from wtforms.validators import InputRequired

from awards import citizens, codes, passes, proxies, throttle
from awards.extensions import begin_writing, db
from awards.links import LinkExpired, LinkUnknown
from awards.models import Edition, PassBy, RollEntry
from awards.throttle import Kind
from awards.web import face, limits, sessions, voters
from awards.web.access import Audience, audience
from awards.web.voting import routes
from awards.web.voting.routes import Answer, blueprint
from awards.web.words import lazy as _l

GONE = {
    LinkUnknown: _l("This link is not known. Check that you copied all of it."),
    LinkExpired: _l(
        "This link lets nobody in any more, because somebody else was named to vote. If that is a mistake, ask the "
        "secretariat."
    ),
}
TOO_MANY = _l(
    "You are named to vote for more electors than the rules let one person. Nobody votes for them until the "
    "secretariat has somebody else named."
)


class CodeForm(FlaskForm):
    code = StringField(
        _l("The words of your letter"), [InputRequired(_l("Write the words that stand in your letter."))]
    )


@blueprint.route("/", methods=["GET", "POST"])
@audience(Audience.VISITOR)
def enter() -> Answer:
    """The code of a printed letter, and what else lets in."""
    form = CodeForm()  # type: ignore[no-untyped-call]
    status = 200
    if request.method == "POST" and form.validate():
        counted = limits.take((Kind.VOTING_CODE, limits.place()))
        begin_writing()
        if counted:
            try:
                entry = codes.find(db.session(), str(form.code.data))
            except codes.CodeUnknown:
                form.code.errors = [
                    _("These are not the words of a letter that holds now. A newer letter ends an older one.")
                ]
            else:
                throttle.forgive(db.session(), Kind.VOTING_CODE, limits.place())
                return _admit(entry, PassBy.CODE)
        else:
            status = 429
            form.form_errors.append(_("Too many attempts. Wait a quarter of an hour and try again."))
    sessions.current()
    by = voters.current()
    inside = db.session.get_one(Edition, by.roll_entry.edition_id) if by is not None else None
    page = render_template(
        "voting/enter.html", form=form, inside=inside, specimen=face.only_specimens(db.session())
    )
    return page, max(status, 422 if form.errors else 200)


@blueprint.route("/link/<token>", methods=["GET", "POST"])
@audience(Audience.LINK_HOLDER)
def link(token: str) -> Answer:
    """Mail programs open links too: only the button lets in. It works as often as it is pressed."""
    sessions.current()
    try:
        entry = passes.of_link(db.session(), token, now=sessions.now())
    except tuple(GONE) as error:
        specimen = face.only_specimens(db.session())
        return render_template("voting/gone.html", why=GONE[type(error)], specimen=specimen), 404
    if request.method == "POST":
        return _admit(entry, PassBy.LINK)
    edition = db.session.get_one(Edition, entry.edition_id)
    found = face.faces_of(db.session(), [edition], sessions.now())[edition.id]
    return render_template("voting/link.html", entry=entry, face=found, specimen=edition.specimen)


@blueprint.post("/leave")
@audience(Audience.VISITOR)
def leave() -> Response:
    """Nobody is let in on this device any more."""
    by = voters.current()
    if by is not None:
        passes.end(by, now=sessions.now())
        db.session.commit()
    flash(_("This device is left: nobody votes here in your place."), "done")
    response = redirect(url_for("voting.enter"), 303)
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return voters.take(response)


@blueprint.post("/<edition>/for/<key>")
@audience(Audience.ELECTOR)
def change(key: str, **_edition: str) -> Answer:
    """The ballots of another elector for whom the same person votes, on the same device. 404 for anybody else's."""
    here = routes.booth()
    found = next((it for it in here.others if it.public_id == key), None)
    if found is None:
        abort(404)
    return _admit(found, _came_by())


def _came_by() -> PassBy:
    by = voters.current()
    return by.by if by is not None else PassBy.ACCOUNT


def _admit(entry: RollEntry, by: PassBy) -> Answer:
    """Let an elector in. Whoever was let in on this device before isn't any more."""
    edition = db.session.get_one(Edition, entry.edition_id)
    if proxies.beyond(db.session(), edition, [entry, *proxies.others(db.session(), entry)]):
        db.session.rollback()
        return render_template("voting/gone.html", why=TOO_MANY, specimen=edition.specimen), 409
    before = voters.current()
    if before is not None:
        passes.end(before, now=sessions.now())
    if entry.is_public:
        citizens.confirm(
            db.session(), edition, entry, key=voters.key(), network=limits.network(), now=sessions.now()
        )
    token = passes.admit(db.session(), entry, by, now=sessions.now())
    response = redirect(url_for("voting.index", edition=edition.key), 303)
    db.session.commit()
    return voters.give(response, token)
