"""The roll at a glance: who is on it, who casts the ballot and how it gets there; to be taken away as a file."""

from __future__ import annotations

from datetime import date

from flask import Response, request

from awards import decisions, electors, roll, spreadsheets
from awards.extensions import db
from awards.models import DecisionKind, RollState
from awards.web import door, downloads, language, words
from awards.web.access import Audience, audience
from awards.web.roll.routes import blueprint
from awards.web.roll.says import ELECTORATES
from awards.web.roll.sight import WAYS, Sight, Way
from awards.web.secretariat.frame import show
from awards.web.words import tidy_text
from judging.values import Electorate

A_PAGE = 200
MOST_DIGITS = 4
LONGEST_SEARCH = 200
COLUMNS = (
    "elector", "state", "reason", "name", "office", "email", "language", "contact", "post", "ballot", "identifier",
)  # fmt: skip


@blueprint.get("", endpoint="index")
@audience(Audience.ORGANISER)
def listing(**_edition: str) -> str:
    session, edition, rule = db.session(), door.edition(), door.vote()
    seen = Sight()
    way, text = request.args.get("show", ""), tidy_text(request.args.get("q", ""))[:LONGEST_SEARCH]
    found = seen.chosen(way, text)
    pages = max(1, -(-len(found) // A_PAGE))
    page = min(_page(), pages)
    members = rule.electorate is Electorate.MEMBERS
    built = electors.built(session, edition)
    frozen = decisions.of_edition(session, edition, DecisionKind.ROLL_FROZEN)
    return show(
        "roll/index.html",
        "roll.index",
        electorate=rule.electorate,
        says=ELECTORATES[rule.electorate],
        seen=seen,
        lines=found[(page - 1) * A_PAGE : page * A_PAGE],
        found=len(found),
        way=way if way in set(Way) else "",
        ways=[(it, WAYS[it], seen.count(it)) for it in Way if seen.count(it)],
        names=WAYS,
        text=text,
        page=page,
        pages=pages,
        built=words.day(date.fromisoformat(built.subject["as_of"])) if built is not None else "",
        changed=members and edition.roll_frozen_at is None and built is not None and _differs(),
        frozen=frozen[-1] if frozen and edition.roll_frozen_at else None,
        left=seen.count(Way.NEEDS_LETTER, Way.ASKED, Way.NOBODY),
        members=members,
        languages=language.NAMES,
    )


def _differs() -> bool:
    return electors.plan(db.session(), door.edition()).is_new


def _page() -> int:
    text = request.args.get("page", "")
    return max(1, int(text)) if text.isascii() and text.isdecimal() and len(text) <= MOST_DIGITS else 1


@blueprint.get("/roll.csv", endpoint="as_csv")
@audience(Audience.ORGANISER)
def as_csv(**_edition: str) -> Response:
    """Everybody on the roll and off it. Addresses are personal: the file is for those who run the vote."""
    door.vote()
    rows = [
        (
            it.entry.elector,
            it.entry.state.value,
            it.why,
            it.entry.name,
            it.entry.office,
            it.entry.email,
            it.entry.language,
            it.entry.contact,
            it.entry.post,
            str(WAYS[it.way]) if it.entry.state is RollState.ON else "",
            it.entry.public_id,
        )
        for it in Sight().lines
    ]
    content = b"\xef\xbb\xbf" + spreadsheets.as_csv(COLUMNS, rows)
    return downloads.download(content, "text/csv", f"{door.edition().key}-roll.csv")


@blueprint.get("/roll.json", endpoint="as_json")
@audience(Audience.ORGANISER)
def as_json(**_edition: str) -> Response:
    """The very bytes whose hash the freezing states."""
    door.vote()
    content = roll.document(db.session(), door.edition())
    return downloads.download(content, "application/json", f"{door.edition().key}-roll.json")
