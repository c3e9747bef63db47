"""One row of the list of nominations, in words."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import gettext as _

from awards import releasing
from awards.eligibility import Finding
from awards.folding import fold
from awards.models import Nomination, NominationState
from awards.reviews import Review
from awards.web import findings
from awards.web.screening.routes import Desk
from awards.web.screening.sayings import STATES
from awards.web.texts import Text
from awards.web.words import country

UNDECIDED = frozenset({NominationState.SUBMITTED, NominationState.RETURNED})


@dataclass(frozen=True)
class Row:
    """One nomination of the list. `theirs`: whoever looks has an interest in it, and its findings are kept back.

    `stands`: how it stands as far as they may know; None for a verdict that is not theirs to know yet.
    """

    nomination: Nomination
    title: Text
    organisation: str
    city: str
    country: str
    category: Text
    found: tuple[Finding, ...]
    overridden: tuple[Finding, ...]
    theirs: bool
    stands: NominationState | None
    over: bool
    appeal: bool

    @property
    def reference(self) -> str:
        return self.nomination.reference

    @property
    def state(self) -> str:
        if self.stands is None:
            return _("Not yours")
        if self.appeal:
            return _("Not eligible, appeal made")
        if self.over:
            return _("Returned, not answered in time")
        return str(STATES[self.stands])

    @property
    def counts(self) -> bool:
        """Whether something was found that makes it ineligible."""
        return any(it.ineligible for it in self.found)

    @property
    def place(self) -> str:
        """Organisation, city and country, each said once."""
        parts = [
            self.organisation,
            "" if self.city == self.organisation else self.city,
            country(self.country),
        ]
        return ", ".join(part for part in parts if part)

    @property
    def findings(self) -> list[str]:
        """The findings that count, in short words, several of a kind counted."""
        if self.theirs:
            return []
        kinds = [it.kind for it in self.found]
        return [
            findings.short(kind) + (f" ({kinds.count(kind)})" if kinds.count(kind) > 1 else "")
            for kind in dict.fromkeys(kinds)
        ]


def stands_for_bound(known: NominationState | None) -> NominationState | None:
    """How a nomination stands to whoever has an interest in it: as its people were told, nothing while undecided."""
    return None if known in UNDECIDED else known


def stands_for_reader(nomination: Nomination, *, of_table: bool) -> NominationState:
    """How a nomination stands to whoever has no interest in it: results are known at the chair's table alone."""
    return nomination.state if of_table else releasing.screened_state(nomination.state)


def searched(row: Row) -> str:
    return fold(" ".join((row.reference, str(row.title), row.organisation, row.city, country(row.country))))


def row_of(
    nomination: Nomination,
    review: Review,
    at: Desk,
    *,
    theirs: bool,
    known: NominationState | None,
    over: bool,
    appeal: bool,
    of_table: bool,
) -> Row:
    """A row; `known`: how it stands as those concerned were told; `of_table`: the reader knows results."""
    revision = review.revisions[nomination.id]
    found = review.findings[nomination.reference]
    counting = review.counting(nomination.reference)
    return Row(
        nomination,
        Text(revision.title, revision.language),
        revision.organisation_name,
        revision.city,
        revision.country,
        at.names.name("categories", nomination.category),
        () if theirs else counting,
        () if theirs else tuple(it for it in found if it not in counting),
        theirs,
        stands_for_bound(known) if theirs else stands_for_reader(nomination, of_table=of_table),
        over and not theirs,
        appeal,
    )


def has(row: Row, kind: str) -> bool:
    return any(it.kind.value == kind for it in row.found)
