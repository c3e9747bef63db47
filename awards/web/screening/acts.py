"""What screeners do with one nomination on its page: say of findings, decide, decide an appeal, declare an interest."""

from __future__ import annotations

from collections.abc import Mapping

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import select
from werkzeug.wrappers import Response

from awards import appeals, recusals, screening
from awards.appeals import AppealDecided, DecidedBefore
from awards.decisions import ReasonMissing
from awards.extensions import db
from awards.models import Account, Nomination
from awards.recusals import InterestBinds, NotDeclared, OwnDeclaration
from awards.screening import AppealWaits, DecidedAgain, NoSuchFinding, NotDecidable, ScreeningClosed
from awards.web import door, sessions
from awards.web.access import Audience, audience
from awards.web.screening.forms import ELIGIBLE, LONGEST, UPHELD, DecideForm, InterestForm, RuleForm
from awards.web.screening.routes import blueprint, desk, kept_out, nomination
from awards.web.screening.sayings import refusal
from awards.web.screening.sight import render, sight
from awards.web.words import tidy_text

Answer = str | Response | tuple[str, int]
OVERRIDE, CONFIRM = "override", "confirm"


def back(found: Nomination) -> Response:
    """To the nomination's page, once something was done to it."""
    address = url_for("screening.show", edition=door.edition().key, reference=found.reference)
    return redirect(address, 303)


@blueprint.route("/<path:reference>/decide", methods=["GET", "POST"])
@audience(Audience.SCREENER)
def decide(reference: str, **_edition: str) -> Answer:
    found = nomination(reference)
    if (turned_away := kept_out(found)) is not None:
        return turned_away
    form = DecideForm.empty(sight(found).verdicts, sessions.filled())
    if request.method == "GET":
        return render(found, decide=form)
    if not form.validate():
        return render(found, decide=form), 422
    eligible = form.verdict.data == ELIGIBLE
    try:
        verdict = screening.decide(
            db.session(),
            door.edition(),
            found.reference,
            eligible=eligible,
            reason=str(form.reason.data),
            actor=sessions.actor(),
            now=sessions.now(),
        )
    except ReasonMissing as error:
        form.reason.errors = [refusal(error)]
        return render(found, decide=form), 422
    except (ScreeningClosed, NotDecidable, AppealWaits, DecidedAgain) as error:
        db.session.rollback()
        return render(found, decide=form, wrong=refusal(error)), 409
    db.session.commit()
    _say_decided(found, verdict)
    return back(found)


def _say_decided(found: Nomination, verdict: screening.Verdict) -> None:
    if verdict.decision is None:
        flash(
            _("%(reference)s had been decided so already; nothing was changed.", reference=found.reference),
            "calm",
        )
        return
    said = (
        _(
            "%(reference)s is eligible: decision %(number)d.",
            reference=found.reference,
            number=verdict.decision.number,
        )
        if verdict.eligible
        else _(
            "%(reference)s is not eligible: decision %(number)d.",
            reference=found.reference,
            number=verdict.decision.number,
        )
    )
    waits = _("The mail about it is drafted and waits for its release.")
    flash(f"{said} {waits}", "done")


@blueprint.route("/<path:reference>/finding", methods=["GET", "POST"])
@audience(Audience.SCREENER)
def finding(reference: str, **_edition: str) -> Answer:
    found = nomination(reference)
    if (turned_away := kept_out(found)) is not None:
        return turned_away
    said: Mapping[str, str] = sessions.filled() or {}
    key, reason = str(said.get("finding", ""))[:64], tidy_text(said.get("reason"))
    if request.method == "GET":
        return render(found, typed={key: reason})
    if request.form.get("say") not in (OVERRIDE, CONFIRM):
        abort(400)
    if len(reason) > LONGEST:
        return render(found, typed={key: reason}, wrong=_("Write at most 5,000 characters.")), 422
    try:
        screening.say_of(
            db.session(),
            door.edition(),
            found,
            key,
            overridden=request.form["say"] == OVERRIDE,
            reason=reason,
            actor=sessions.actor(),
            now=sessions.now(),
        )
    except (ReasonMissing, NoSuchFinding, ScreeningClosed) as error:
        wrong = (
            _("To override a finding, say why it does not count.")
            if isinstance(error, ReasonMissing)
            else refusal(error)
        )
        return render(found, typed={key: reason}, wrong=wrong), 422
    db.session.commit()
    return back(found)


@blueprint.route("/<path:reference>/appeal", methods=["GET", "POST"])
@audience(Audience.SCREENER)
def appeal(reference: str, **_edition: str) -> Answer:
    found = nomination(reference)
    if (turned_away := kept_out(found)) is not None:
        return turned_away
    lodged = appeals.of(db.session(), found)
    if lodged is None:
        abort(404)
    form = RuleForm.empty(sessions.filled())
    if request.method == "GET":
        return render(found, rule=form)
    if not form.validate():
        return render(found, rule=form), 422
    upheld = form.verdict.data == UPHELD
    try:
        decision = appeals.decide(
            db.session(),
            door.edition(),
            lodged,
            upheld=upheld,
            reason=str(form.reason.data),
            actor=sessions.actor(),
            now=sessions.now(),
        )
    except (ScreeningClosed, AppealDecided, DecidedBefore) as error:
        db.session.rollback()
        return render(found, rule=form, wrong=refusal(error)), 409
    db.session.commit()
    said = (
        _("The appeal is upheld: decision %(number)d.", number=decision.number)
        if upheld
        else _("The appeal is dismissed: decision %(number)d.", number=decision.number)
    )
    waits = _("The mail about it is drafted and waits for its release.")
    flash(f"{said} {waits}", "done")
    return back(found)


@blueprint.route("/<path:reference>/interest", methods=["GET", "POST"])
@audience(Audience.SCREENER)
def interest(reference: str, **_edition: str) -> Answer:
    """Declaring an interest; whoever has one already reads so."""
    found = nomination(reference)
    if (turned_away := kept_out(found)) is not None:
        return turned_away
    at, form = desk(), InterestForm(formdata=sessions.filled())  # type: ignore[no-untyped-call]
    if request.method == "GET" or not form.validate():
        body = render_template(
            "screening/interest.html", desk=at, nomination=found, form=form, specimen=at.edition.specimen
        )
        return body, 422 if form.errors else 200
    recusals.declare(
        db.session(), found, reason=str(form.reason.data), actor=sessions.actor(), now=sessions.now()
    )
    db.session.commit()
    flash(
        _("You have declared an interest in %(reference)s. Others decide it.", reference=found.reference),
        "done",
    )
    return redirect(url_for("screening.index", edition=at.edition.key), 303)


@blueprint.post("/<path:reference>/interest/undo")
@audience(Audience.ORGANISER)
def undo_interest(reference: str, **_edition: str) -> Answer:
    found = nomination(reference)
    number = request.form.get("person", "")[:32]
    if not number.isprintable():
        abort(404)
    person = db.session.scalars(select(Account).where(Account.public_id == number)).first()
    if person is None:
        abort(404)
    try:
        recusals.undo(db.session(), found, person, actor=sessions.actor(), now=sessions.now())
    except InterestBinds:
        return kept_out(found) or abort(404)
    except (OwnDeclaration, NotDeclared) as error:
        flash(refusal(error), "caution")
        return back(found)
    db.session.commit()
    flash(_("The declaration of %(name)s is undone.", name=person.name or person.email), "done")
    return back(found)
