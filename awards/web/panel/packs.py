"""Sheets to print for judges who work on paper, one pack a judge; no mark stands in them."""

from __future__ import annotations

from flask import Response, abort, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from awards import declarations, judges, packs, recusals
from awards.extensions import db
from awards.models import JudgeState
from awards.web import door, downloads, sessions
from awards.web.access import Audience, audience
from awards.web.language import speaking
from awards.web.panel.routes import blueprint, judge_of
from awards.web.secretariat.frame import back_to, show


@blueprint.get("/sheets", endpoint="packs")
@audience(Audience.ORGANISER)
def listing(**_edition: str) -> str:
    return show("panel/packs.html", "panel.progress", found=packs.counted(db.session(), door.edition()))


@blueprint.get("/sheets/<judge>.pdf")
@audience(Audience.ORGANISER)
def pack(judge: str, **_edition: str) -> Response | AnyResponse:
    """The pack of one judge, in the judge's language.

    Texts are printed of no nomination in which whoever prints has an interest, and for no judge who might not read
    them yet.
    """
    from awards.documents.printing import print_paper  # noqa: PLC0415 (fonts are read where they are needed)
    from awards.web.papers import packs as papers  # noqa: PLC0415 (as above)

    session, edition = db.session(), door.edition()
    wanted = judge_of(judge)
    found = packs.of_judge(session, edition, wanted) if wanted.state is JudgeState.ACCEPTED else None
    if found is None or not found.assignments:
        abort(404)
    hidden: set[int] = set()
    if with_texts := request.args.get("texts") == "1":
        if not judges.joined(found.judge) or declarations.missing(session, edition, found.judge, found.round):
            return back_to(
                "panel.packs",
                _(
                    "This judge has not joined yet, or has not declared all interests: until then the sheets are "
                    "printed without texts."
                ),
                "caution",
            )
        hidden = set(recusals.interests_in(session, edition, sessions.me()))
    with speaking(found.judge.account.language):
        made = print_paper(papers.pack(session, edition, found, with_texts=with_texts, hidden=hidden))
    return downloads.download(made, downloads.PDF, f"{edition.key}-sheets-{judge}.pdf")
