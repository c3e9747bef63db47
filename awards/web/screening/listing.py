"""The list of nominations: which rows it shows, in which order, as page and as file."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from awards import recusals, releasing, reviews
from awards.eligibility import FindingKind
from awards.folding import fold
from awards.models import Account, Appeal, Nomination, NominationReturn, NominationState
from awards.reviews import Review
from awards.web import door, findings
from awards.web.access import Audience
from awards.web.screening.routes import Desk
from awards.web.screening.rows import UNDECIDED, Row, has, row_of, searched
from awards.web.texts import Text

PER_PAGE = 100
LONGEST_SEARCH = 200


STANDS: Mapping[str, tuple[object, Callable[[Row], bool]]] = {
    "": (_l("All"), lambda row: True),
    "undecided": (_l("Undecided"), lambda row: row.stands in UNDECIDED),
    "clean": (
        _l("Undecided, nothing against the rules"),
        lambda row: row.stands is NominationState.SUBMITTED and not row.theirs and not row.counts,
    ),
    "found": (
        _l("Undecided, with findings"),
        lambda row: row.stands in UNDECIDED and row.counts,
    ),
    "duplicates": (
        _l("Possible duplicates"),
        lambda row: any(it.kind is FindingKind.POSSIBLE_DUPLICATE for it in (*row.found, *row.overridden)),
    ),
    "returned": (_l("Returned"), lambda row: row.stands is NominationState.RETURNED),
    "over": (_l("Not answered in time"), lambda row: row.over),
    "appeals": (_l("Appeals to decide"), lambda row: row.appeal),
    "eligible": (_l("Eligible"), lambda row: row.stands is NominationState.ELIGIBLE),
    "ineligible": (_l("Not eligible"), lambda row: row.stands is NominationState.INELIGIBLE),
    "theirs": (_l("Not yours"), lambda row: row.theirs),
}
"""The filters by how a nomination stands: what each is called, and which rows it keeps."""

COLUMNS: Mapping[str, tuple[object, Callable[[Row], Any]]] = {
    "reference": (_l("Reference"), lambda row: row.reference),
    "title": (_l("Title"), lambda row: fold(str(row.title))),
    "organisation": (_l("Organisation, city"), lambda row: fold(row.place)),
    "category": (_l("Category"), lambda row: fold(str(row.category))),
    "state": (_l("Status"), lambda row: row.state),
    "findings": (_l("Findings"), lambda row: (-len(row.findings), row.findings)),
}
"""The columns: what each is called, and what it is sorted by."""


@dataclass(frozen=True)
class Wish:
    """What of the list is wanted, as the address says; what it says wrongly is left out."""

    stands: str = ""
    category: str = ""
    finding: str = ""
    search: str = ""
    sort: str = "reference"
    down: bool = False
    page: int = 1

    @classmethod
    def of(cls, said: Mapping[str, str], categories: Sequence[str]) -> Wish:
        def one_of(name: str, known: Any, otherwise: str = "") -> str:
            return said.get(name, "") if said.get(name) in known else otherwise

        page = said.get("page", "1")
        return cls(
            one_of("show", STANDS),
            one_of("category", categories),
            one_of("finding", list(FindingKind)),
            said.get("q", "").replace("\x00", "").strip()[:LONGEST_SEARCH],
            one_of("sort", COLUMNS, "reference"),
            said.get("down") == "1",
            0 if page == "all" else int(page) if page.isdecimal() and len(page) < 6 and int(page) else 1,
        )

    def address(self, **changes: object) -> dict[str, str]:
        """The arguments of the address that shows this, or what differs from it by some changes."""
        wish = replace(self, **({"page": 1} | changes))  # type: ignore[arg-type]
        said = {
            "show": wish.stands,
            "category": wish.category,
            "finding": wish.finding,
            "q": wish.search,
            "sort": "" if wish.sort == "reference" else wish.sort,
            "down": "1" if wish.down else "",
            "page": "all" if not wish.page else "" if wish.page == 1 else str(wish.page),
        }
        return {name: value for name, value in said.items() if value}

    def keeps(self, row: Row, *, without: str = "") -> bool:
        """Whether a row is shown, or would be without one of the filters."""
        return (
            (without == "stands" or STANDS[self.stands][1](row))
            and (without == "category" or self.category in ("", row.nomination.category))
            and (without == "finding" or not self.finding or has(row, self.finding))
            and (not self.search or fold(self.search) in searched(row))
        )


@dataclass(frozen=True)
class Listing:
    """The rows of a wish: all that it keeps, those of its page, and how many each filter would keep."""

    desk: Desk
    wish: Wish
    review: Review
    rows: Sequence[Row]
    everything: Sequence[Row]
    shown: Sequence[Row] = field(default=())

    @property
    def pages(self) -> int:
        return max(1, -(-len(self.rows) // PER_PAGE))

    def stands(self) -> list[tuple[str, str, int]]:
        """Key, words and number of each filter by standing that would keep anything."""
        return [
            (key, str(words), number)
            for key, (words, keeps) in STANDS.items()
            if (number := self._number("stands", keeps)) or key in ("", "undecided", self.wish.stands)
        ]

    def categories(self) -> list[tuple[str, Text, int]]:
        names = {row.nomination.category: row.category for row in self.everything}
        return [
            (key, name, self._number("category", lambda row, key=key: row.nomination.category == key))  # type: ignore[misc]
            for key, name in names.items()
        ]

    def kinds(self) -> list[tuple[str, str, int]]:
        return [
            (kind.value, findings.short(kind), number)
            for kind in FindingKind
            if (number := self._number("finding", lambda row, kind=kind: has(row, kind.value)))  # type: ignore[misc]
            or kind.value == self.wish.finding
        ]

    def _number(self, filtered: str, keeps: Callable[[Row], bool]) -> int:
        return sum(keeps(row) for row in self.everything if self.wish.keeps(row, without=filtered))

    def head(self) -> list[tuple[str, str, dict[str, str], str]]:
        """The columns: key, words, the address that sorts by it, and how it is sorted now."""
        wish = self.wish
        return [
            (
                key,
                str(words),
                wish.address(sort=key, down=key == wish.sort and not wish.down),
                ("descending" if wish.down else "ascending") if key == wish.sort else "",
            )
            for key, (words, _sorted) in COLUMNS.items()
        ]

    def table(self) -> tuple[list[str], list[list[str]]]:
        """Header and rows of a file that holds what is shown: every row of the wish, on all its pages."""
        header = [str(words) for words, _sorted in COLUMNS.values()]
        return header, [
            [
                row.reference,
                str(row.title),
                row.place,
                str(row.category),
                row.state,
                _("not yours") if row.theirs else "; ".join(row.findings),
            ]
            for row in self.rows
        ]


def listing(session: Session, at: Desk, who: Account, wish: Wish, now: datetime) -> Listing:
    """The list as somebody may see it, after a number of queries that doesn't grow with it."""
    review = reviews.review(session, at.edition)
    bound = recusals.interests_in(session, at.edition, who)
    over, appealed = _over(session, at, now), _appealed(session, at)
    known = releasing.told_states(session, review.nominations)
    of_table = door.may(Audience.TABLE, who, at.edition, reading=True)
    everything = [
        row_of(
            it,
            review,
            at,
            theirs=it.id in bound,
            known=known.get(it.id),
            over=it.id in over,
            appeal=it.id in appealed,
            of_table=of_table,
        )
        for it in review.nominations
    ]
    order = COLUMNS[wish.sort][1]
    rows = sorted((row for row in everything if wish.keeps(row)), key=order, reverse=wish.down)
    last = max(1, -(-len(rows) // PER_PAGE))
    wish = replace(wish, page=min(wish.page, last))
    first = (wish.page - 1) * PER_PAGE
    shown = rows[first : first + PER_PAGE] if wish.page else rows
    return Listing(at, wish, review, rows, everything, shown)


def _over(session: Session, at: Desk, now: datetime) -> set[int]:
    """Nominations whose return was not answered in time."""
    last = (
        select(NominationReturn.nomination_id, func.max(NominationReturn.id).label("id"))
        .group_by(NominationReturn.nomination_id)
        .subquery()
    )
    return set(
        session.scalars(
            select(Nomination.id)
            .join(last, last.c.nomination_id == Nomination.id)
            .join(NominationReturn, NominationReturn.id == last.c.id)
            .where(
                Nomination.edition_id == at.edition.id,
                Nomination.state == NominationState.RETURNED,
                NominationReturn.until < now,
            )
        )
    )


def _appealed(session: Session, at: Desk) -> set[int]:
    """Nominations with an appeal that waits for its decision."""
    return set(
        session.scalars(
            select(Appeal.nomination_id)
            .join(Nomination, Nomination.id == Appeal.nomination_id)
            .where(Nomination.edition_id == at.edition.id, Appeal.decision_id.is_(None))
        )
    )
