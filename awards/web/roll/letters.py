"""Printed letters with a code, for electors to whom no mail can bring the ballot."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from io import BytesIO

from flask import Response, current_app, request
from flask_babel import gettext as _
from sqlalchemy import select

from awards import codes, roll
from awards.extensions import db
from awards.models import Account, RollEntry, VotingCode
from awards.web import door, downloads, sessions
from awards.web.access import Audience, audience
from awards.web.language import NAMES, speaking
from awards.web.papers.codes import Letter
from awards.web.papers.codes import letters as codes_on_paper
from awards.web.roll import says
from awards.web.roll.routes import blueprint
from awards.web.roll.sight import Line, Sight, Way
from awards.web.secretariat.frame import Answer, name_of, posted, show

MOST = 200
OTHERS = "en"
REFUSED = (roll.VoteClosed, roll.NotOnRoll, roll.AlreadyCast)


@blueprint.route("/letters", methods=["GET", "POST"])
@audience(Audience.ORGANISER)
def letters(**_edition: str) -> Answer | Response:
    """Who gets a letter; posted, the letters come as PDF, once: their codes stand nowhere else."""
    door.vote()
    if request.method == "GET":
        return _page()
    session, edition, form = db.session(), door.edition(), sessions.filled()
    wanted = set(form.getlist("elector")) if form is not None else set()
    chosen = [it for it in roll.on(session, edition) if it.public_id in wanted]
    if not chosen:
        return _page(_("Tick who gets a letter.")), 422
    if len(chosen) > MOST:
        return _page(_("One file holds 200 letters at most: tick fewer, then make the others.")), 422
    try:
        made = codes.make(
            session, edition, chosen, seen=posted("seen"), actor=sessions.actor(), now=sessions.now()
        )
    except codes.LettersChanged:
        session.rollback()
        return _page(_changed()), 409
    except REFUSED as error:
        session.rollback()
        return _page(says.wrong(error)[""]), 422
    content = _printed(chosen, made)
    session.commit()
    return downloads.download(content, downloads.PDF, f"{edition.key}-letters.pdf")


def _changed() -> str:
    last = db.session.scalars(
        select(VotingCode)
        .join(RollEntry, RollEntry.id == VotingCode.roll_entry_id)
        .where(RollEntry.edition_id == door.edition().id)
        .order_by(VotingCode.id.desc())
        .limit(1)
    ).one()
    return _(
        "%(name)s has made letters since you opened this page. Nothing was made now. If those have not reached "
        "you as a file, tick them once more: the ones made before then no longer work.",
        name=name_of(db.session.get(Account, last.made_by_id)),
    )


def _printed(chosen: Sequence[RollEntry], made: Sequence[str]) -> bytes:
    """All letters in one file, those of each language together."""
    from awards.documents.printing import print_paper  # noqa: PLC0415 (fonts are read where they are needed)

    numbers = codes.latest(db.session(), door.edition())
    found = [Letter(entry, code, numbers[entry.id].number) for entry, code in zip(chosen, made, strict=True)]
    url, parts = current_app.config["LAURELS_URL"], []
    for tag, group in _by_language(found):
        with speaking(tag):
            parts.append(print_paper(codes_on_paper(door.edition(), group, url)))
    return _joined(parts)


def _by_language(found: Sequence[Letter]) -> Iterator[tuple[str, list[Letter]]]:
    spoken = {it: it.entry.language if it.entry.language in NAMES else OTHERS for it in found}
    for tag in NAMES:
        group = [it for it in found if spoken[it] == tag]
        if group:
            yield tag, group


def _joined(parts: Sequence[bytes]) -> bytes:
    from pikepdf import Pdf  # noqa: PLC0415 (only where several languages meet)

    if len(parts) == 1:
        return parts[0]
    with Pdf.new() as whole:
        for part in parts:
            with Pdf.open(BytesIO(part)) as one:
                whole.pages.extend(one.pages)
        out = BytesIO()
        whole.save(out, deterministic_id=True)
    return out.getvalue()


def _page(wrong: str = "") -> str:
    session, edition = db.session(), door.edition()
    seen = Sight()
    left = roll.left(session, edition)
    cast = roll.cast(session, edition) - left
    asked = request.args.get("elector", "")
    can = [it for it in seen.lines if it.way is not Way.OFF and it.entry.id not in cast]
    form = sessions.filled()
    ticked = set(form.getlist("elector")) if form is not None else _proposed(can, asked)
    shown = [it for it in can if it.way is not Way.MAIL or it.entry.public_id in ticked]
    return show(
        "roll/letters.html",
        "roll.index",
        wrong={"": wrong} if wrong else {},
        lines=shown,
        ticked=ticked,
        seen=codes.state(session, edition),
        way=Way,
        most=MOST,
        people={
            key: name_of(session.get(Account, key)) for key in {it.code.made_by_id for it in shown if it.code}
        },
        frozen=edition.roll_frozen_at is not None,
        closed=roll.is_over(session, edition),
        mailed=len(can) - len(shown),
    )


def _proposed(can: Sequence[Line], asked: str) -> set[str]:
    """Who is ticked at first: the one whom the address names, else all whom no mail reaches and no letter yet, as far
    as one file holds them.
    """
    if asked:
        return {it.entry.public_id for it in can if it.entry.public_id == asked}
    without = [
        it.entry.public_id
        for it in can
        if it.way is Way.NEEDS_LETTER or (it.way is Way.NOBODY and not it.entry.contact)
    ]
    return set(without[:MOST])
