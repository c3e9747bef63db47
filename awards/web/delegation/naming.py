"""The page of the link by which an organisation names who casts its ballot. Opening it changes nothing."""

from __future__ import annotations

from flask import flash, render_template, request, url_for
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from werkzeug.utils import redirect
from werkzeug.wrappers import Response
from wtforms import EmailField, HiddenField, SelectField, StringField
from wtforms.validators import DataRequired, Length

from awards import (
    accounts,
    addressing,
    decisions,
    delegates,
    delegations,
    disputes,
    links,
    proxies,
    roll,
    struck,
)
from awards.delegates import Named
from awards.extensions import begin_writing, db
from awards.models import Edition, RollEntry, RollState
from awards.throttle import Kind
from awards.timetable import Moment
from awards.web import face, language, limits, sessions, words
from awards.web.access import Audience, audience
from awards.web.delegation.routes import blueprint
from awards.web.words import lazy as _l
from awards.web.words import tidy, tidy_text

Answer = str | Response | tuple[str, int]
MOST_DIGITS = 6
GONE = {
    links.LinkUnknown: _l("This link is not known. Check that you copied all of it."),
    links.LinkExpired: _l(
        "This link was ended: the secretariat has another address for your organisation now. Ask there if this is a "
        "mistake."
    ),
}
LONG = _l("This has 200 letters at most.")
MANY = _l(
    "Ten delegates were named within a day. Wait until tomorrow, or ask the secretariat to record this one."
)
LONGEST_REASON = 1000
TOO_LONG = _l("Write at most 1,000 characters.")
NO_ADDRESS = _l("This is not an e-mail address.")


class NamingForm(FlaskForm):
    name = StringField(
        _l("Name of the delegate"),
        [DataRequired(_l("Write the name.")), Length(max=accounts.LONGEST_NAME, message=LONG)],
        filters=[tidy],
    )
    office = StringField(_l("Office"), [Length(max=accounts.LONGEST_NAME, message=LONG)], filters=[tidy])
    email = EmailField(
        _l("E-mail address of the delegate"),
        [
            DataRequired(_l("Write the e-mail address.")),
            Length(max=accounts.LONGEST_ADDRESS, message=NO_ADDRESS),
        ],
        filters=[tidy],
    )
    language = SelectField(_l("Language of the mails"), validate_choice=False)
    seen = HiddenField(filters=[tidy])


@blueprint.route("/<token>", methods=["GET", "POST"])
@audience(Audience.LINK_HOLDER)
def show(token: str) -> Answer:
    """Who casts the ballot of the link's organisation; posted, somebody is named."""
    sessions.current()
    try:
        entry, edition = delegations.of_token(db.session(), token, now=sessions.now())
    except tuple(GONE) as error:
        return _gone(error)
    form = NamingForm(formdata=request.form if request.method == "POST" else None)  # type: ignore[no-untyped-call]
    form.language.choices = list(language.NAMES.items())
    if request.method == "GET":
        form.language.data = entry.language if entry.language in language.NAMES else language.current()
    elif form.validate():
        if limits.take((Kind.NAMING, entry.public_id)):
            begin_writing()
            return _name(token, entry, edition, form)
        form.form_errors.append(MANY)
    return _page(entry, edition, form)


@blueprint.post("/<token>/dispute")
@audience(Audience.LINK_HOLDER)
def dispute(token: str) -> Answer:
    """The organisation says that the wrong person has cast its ballot; the chair decides."""
    sessions.current()
    session = db.session()
    try:
        entry, edition = delegations.of_token(session, token, now=sessions.now())
    except tuple(GONE) as error:
        return _gone(error)
    form, reason = NamingForm(formdata=None), tidy_text(request.form.get("reason"))  # type: ignore[no-untyped-call]
    if len(reason) > LONGEST_REASON:
        return _page(entry, edition, form, disputed=reason, wrong=str(TOO_LONG))
    if not limits.take((Kind.NAMING, entry.public_id)):
        return _page(
            entry,
            edition,
            form,
            disputed=reason,
            wrong=_("Wait until tomorrow, or write to the secretariat."),
        )
    begin_writing()
    try:
        disputes.put(
            session,
            edition,
            entry,
            said_by=entry.contact,
            reason=reason,
            by_link=True,
            actor=delegations.by_link(session, edition, entry),
            now=sessions.now(),
        )
    except decisions.ReasonMissing:
        session.rollback()
        return _page(entry, edition, form, wrong=_("Write what happened: the chair reads it."))
    except links.LinkUnknown as error:  # nobody has asked by mail
        session.rollback()
        return _gone(error)
    except (
        disputes.NoDelegateVotes,
        disputes.NothingDisputed,
        disputes.DisputedAlready,
        disputes.DecidedBefore,
        disputes.SaidByMissing,
    ):
        session.rollback()  # the page says how it stands
    else:
        session.commit()
        flash(_("The chair decides on it. Until then no envelope is opened."), "done")
    return redirect(url_for("delegation.show", token=token), 303)


def _gone(error: Exception) -> tuple[str, int]:
    specimen = face.only_specimens(db.session())
    return render_template("delegation/gone.html", why=GONE[type(error)], specimen=specimen), 404


def _name(token: str, entry: RollEntry, edition: Edition, form: NamingForm) -> Answer:
    session = db.session()
    tag = str(form.language.data)
    named = Named(
        str(form.name.data),
        str(form.email.data),
        str(form.office.data or ""),
        tag if tag in language.NAMES else entry.language,
    )
    try:
        delegates.replace(
            session,
            edition,
            entry,
            named,
            by=entry.contact,
            seen=_number(form.seen.data),
            actor=delegations.by_link(session, edition, entry),
            now=sessions.now(),
        )
    except accounts.NotAnAddress:
        session.rollback()
        form.email.errors = [NO_ADDRESS]
    except (proxies.TooManyBallots, proxies.JudgeIsNoProxy) as error:
        session.rollback()
        form.name.errors = [str(words.PROXIES[type(error)])]
    except delegates.NamedMeanwhile:
        session.rollback()
        form.form_errors.append(
            _(
                "Somebody was named since you opened this page, as it now shows. Send it again to name yours "
                "instead."
            )
        )
    except links.LinkUnknown as error:  # nobody has asked by mail
        session.rollback()
        return _gone(error)
    except (roll.AlreadyCast, roll.VoteClosed, roll.NotOnRoll):
        session.rollback()  # the page says which
    else:
        session.commit()
        flash(_("%(name)s casts the ballot and is told by mail.", name=named.name), "done")
        return redirect(url_for("delegation.show", token=token), 303)
    return _page(entry, edition, form)


def _number(text: str | None) -> int | None:
    """How many were named when the page was opened; None where the form doesn't say it in digits."""
    found = text or ""
    return int(found) if found.isascii() and found.isdecimal() and len(found) <= MOST_DIGITS else None


def _page(
    entry: RollEntry, edition: Edition, form: NamingForm, *, disputed: str = "", wrong: str = ""
) -> tuple[str, int]:
    session = db.session()
    dates = addressing.dates_ahead(session, edition, sessions.now())
    over = _over(entry, edition)
    form.seen.data = str(delegates.count(session, entry))
    page = render_template(
        "delegation/show.html",
        form=form,
        entry=entry,
        edition=edition,
        face=face.faces_of(session, [edition], sessions.now())[edition.id],
        called=addressing.called(entry, language.current()),
        current=delegates.current(session, entry) if entry.email or entry.name else None,
        over=over,
        opens=_when(dates.get(Moment.VOTE_OPEN)),
        closes=_when(dates.get(Moment.VOTE_CLOSE)),
        languages=language.NAMES,
        shared=_is_shared(entry),
        disputed=_disputed(entry, edition),
        dispute_reason=disputed,
        dispute_wrong=wrong,
        specimen=edition.specimen,
    )
    if wrong:
        return page, 422
    if over:
        return page, 409 if request.method == "POST" else 200
    return page, 422 if form.errors else 200


def _when(moment: object) -> str:
    return words.when(moment) if moment is not None else ""  # type: ignore[arg-type]


def _over(entry: RollEntry, edition: Edition) -> str:
    """Why nobody can be named any more; empty where somebody can."""
    if entry.state is not RollState.ON:
        return _(
            "%(organisation)s is not on the roll of this vote. Write to the secretariat if that is a mistake.",
            organisation=addressing.called(entry, language.current()),
        )
    if entry.id in roll.cast(db.session(), edition):
        return _("The ballot is cast, so nobody else can be named. How it was cast stays secret.")
    if roll.is_over(db.session(), edition):
        return _("The vote is closed.")
    return ""


def _is_shared(entry: RollEntry) -> bool:
    """Whether the delegate's address stands for another elector too, so that no mail can bring the ballot."""
    if not entry.email:
        return False
    return entry in roll.by_letter(db.session.scalars(roll.having(entry.edition_id, entry.email)))


def _disputed(entry: RollEntry, edition: Edition) -> str:
    """Whether it can be disputed who cast the ballot (`may`), or how that stands; empty where it can't."""
    session = db.session()
    found = disputes.of_elector(session, entry)
    lies = bool(struck.standing(session, edition, [entry]))
    if found and found[0].decision_id is None:
        return "waits" if lies else ""
    if found:
        return "struck" if found[0].upheld else "stands"
    return "may" if lies and entry.state is RollState.ON and entry.judge_id is None else ""
