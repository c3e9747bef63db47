"""How far the nominations are: a list in pages, and everything that is counted as files. Numbers only, no mark."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from flask import Response, request

from awards import progress
from awards.extensions import db
from awards.progress import OfNomination, Progress
from awards.web import door, sessions
from awards.web.access import Audience, audience
from awards.web.downloads import download_csv
from awards.web.panel.progress import KEYS, chosen, none_open, open_round, round_name
from awards.web.panel.routes import blueprint
from awards.web.secretariat.frame import face_of, show, whole_number

A_PAGE = 50
OF_JUDGES = (
    "judge", "email", "issued", "not_begun", "half_done", "complete_not_submitted", "typed_to_confirm",
    "submitted", "behind",
    "closes", "own_deadline", "saved_on",
)  # fmt: skip
OF_NOMINATIONS = (
    "reference", "category", "issued", "not_begun", "half_done", "complete_not_submitted", "typed_to_confirm",
    "submitted", "needed",
    "below_minimum", "waived",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Wish:
    """Which nominations are asked for, in which order, and which page of them."""

    category: str = ""
    short: str = ""
    sort: str = ""
    page: int = 1

    def address(self, **changed: object) -> dict[str, object]:
        it = replace(self, **({"page": 1} | changed))  # type: ignore[arg-type]
        said = {"category": it.category, "short": it.short, "sort": it.sort}
        return {name: value for name, value in said.items() if value} | (
            {"page": it.page} if it.page > 1 else {}
        )


def asked_for(found: Progress) -> Wish:
    given = request.args
    category = given.get("category", "")
    return Wish(
        category=category if category in {it.key for it in found.categories} else "",
        short="1" if given.get("short") == "1" else "",
        sort="missing" if given.get("sort") == "missing" else "",
        page=whole_number(given.get("page", "")) or 1,
    )


def listed(found: Progress, wish: Wish) -> list[OfNomination]:
    rows = [
        it
        for it in found.nominations
        if (not wish.category or it.nomination.category == wish.category) and (not wish.short or it.is_short)
    ]
    return sorted(rows, key=lambda it: it.counted - it.needed) if wish.sort else rows


@blueprint.get("/progress/nominations")
@audience(Audience.ORGANISER)
def nominations_progress(**_edition: str) -> str:
    edition, session = door.edition(), db.session()
    of_round = open_round()
    if of_round is None:
        return none_open()
    found = progress.of_round(session, edition, of_round, sessions.now())
    wish = asked_for(found)
    rows = listed(found, wish)
    pages = max(1, -(-len(rows) // A_PAGE))
    wish = replace(wish, page=min(wish.page, pages))
    shown = rows[(wish.page - 1) * A_PAGE : wish.page * A_PAGE]
    return show(
        "panel/nominations.html",
        "panel.progress",
        wish=wish,
        rows=shown,
        number=len(rows),
        pages=pages,
        titles=progress.titles(session, [it.nomination for it in shown]),
        all=len(found.nominations),
        short=sum(it.is_short for it in found.nominations),
        categories=[it for it in found.categories if it.nominations],
        names=face_of(edition).names,
        round_name=round_name(of_round),
    )


@blueprint.get("/progress/judges.csv")
@audience(Audience.ORGANISER)
def judges_csv(**_edition: str) -> Response | str:
    of_round = open_round()
    if of_round is None:
        return none_open()
    found = progress.of_round(db.session(), door.edition(), of_round, sessions.now())
    which, sort = chosen()
    rows = [
        (
            it.name,
            it.judge.account.email,
            it.tally.issued,
            it.tally.none,
            it.tally.half,
            it.tally.complete,
            it.tally.typed,
            it.tally.submitted,
            int(it.is_behind),
            f"{it.closes.local.isoformat(timespec='minutes')} {it.closes.zone}" if it.closes else "",
            int(it.is_own),
            it.saved.date().isoformat() if it.saved else "",
        )
        for it in sorted((it for it in found.judges if it.fits(which)), key=KEYS[sort])
    ]
    return _file(OF_JUDGES, rows, "judges")


@blueprint.get("/progress/nominations.csv")
@audience(Audience.ORGANISER)
def nominations_csv(**_edition: str) -> Response | str:
    of_round = open_round()
    if of_round is None:
        return none_open()
    found = progress.of_round(db.session(), door.edition(), of_round, sessions.now())
    rows = [
        (
            it.nomination.reference,
            it.nomination.category,
            it.tally.issued,
            it.tally.none,
            it.tally.half,
            it.tally.complete,
            it.tally.typed,
            it.counted,
            it.needed,
            int(it.is_short),
            int(it.waived),
        )
        for it in listed(found, asked_for(found))
    ]
    return _file(OF_NOMINATIONS, rows, "nominations")


def _file(columns: Sequence[str], rows: Iterable[Sequence[object]], name: str) -> Response:
    return download_csv(columns, rows, f"{door.edition().key}-{name}.csv")
