"""What an elector has chosen so far. Only the form knows it: it is handed on from page to page, and kept nowhere."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from flask import current_app, request
from itsdangerous import BadSignature, URLSafeSerializer
from werkzeug.datastructures import MultiDict

from awards import own_ballots
from awards.models import RollEntry
from awards.own_ballots import Paper
from awards.web import door, sessions
from awards.web.voting import routes, says
from awards.web.voting.routes import Booth
from awards.web.voting.says import Slip
from judging.ballot import Choice, ChoiceFault, most_named
from judging.rules import Vote

FORM, AT = "form", "at"
SLIPS: Mapping[ChoiceFault, Slip] = {
    ChoiceFault.TOO_MANY: Slip.TOO_MANY,
    ChoiceFault.NAMED_TWICE: Slip.SAME_PLACE,
}
"""The others come from a page that is older than the slate."""


@dataclass(frozen=True, slots=True)
class Marked:
    """One ballot as it is filled in. `choice` is None where nothing is said yet, empty where the elector abstains."""

    choice: Choice | None = None
    slips: tuple[tuple[Slip, int], ...] = ()
    places: Mapping[str, str] = field(default_factory=dict)
    named: tuple[str, ...] = ()
    abstains: bool = False

    @property
    def is_begun(self) -> bool:
        return self.choice is not None or bool(self.slips)

    @property
    def wrong(self) -> list[str]:
        return [says.slip(kind, number) for kind, number in self.slips]


@dataclass(frozen=True)
class Sheet:
    """All ballots of a form. `token` is its secret with the moment at which it was opened, signed; `is_new`: the form
    had none that holds.
    """

    token: str
    secret: str
    opened: datetime
    is_new: bool
    marked: Mapping[str, Marked]

    @property
    def choices(self) -> dict[str, Choice]:
        """What is chosen, where nothing is wrong."""
        return {key: it.choice for key, it in self.marked.items() if it.choice is not None and not it.slips}

    @property
    def first_wrong(self) -> str | None:
        return next((key for key, it in self.marked.items() if it.slips), None)

    def nonces(self) -> dict[str, str]:
        """A secret for each ballot, which follows from the form's."""
        return {key: hashlib.sha256(f"{self.secret}:{key}".encode()).hexdigest() for key in self.marked}

    def carried(self, but: str = "") -> Iterator[tuple[str, str]]:
        """The hidden fields that hand the choices on, but for those of the ballot that the page shows."""
        for key, it in self.marked.items():
            if key != but and it.choice is not None:
                yield from ((f"c-{key}", value) for value in it.choice or ("",))

    def without(self, done: Mapping[str, object]) -> Sheet:
        """What is left once some ballots are cast, for a form of its own."""
        left = {key: Marked() if key in done else it for key, it in self.marked.items()}
        return _fresh(door.elector().entry, left)


def read() -> tuple[Booth, Sheet]:
    """The elector's ballots, and what the form says of them; a new sheet where there is no form."""
    form = request.form
    entry = door.elector().entry
    known = _read(form.get(FORM, ""), entry)
    here = routes.booth(opened=known[1] if known else None)
    marked = {key: _marked(form, paper, here.vote) for key, paper in here.papers.items()}
    if known is None:
        return here, _fresh(entry, marked)
    return here, Sheet(form[FORM], *known, is_new=False, marked=marked)


def _fresh(entry: RollEntry, marked: Mapping[str, Marked]) -> Sheet:
    secret, opened = secrets.token_urlsafe(24), sessions.now().replace(second=0, microsecond=0)
    token = str(_serializer().dumps([secret, opened.isoformat(), entry.public_id]))
    return Sheet(token, secret, opened, is_new=True, marked=marked)


def _read(token: str, entry: RollEntry) -> tuple[str, datetime] | None:
    """Secret and moment of a form that was made for this elector."""
    try:
        secret, opened, whose = _serializer().loads(token)
        return (secret, datetime.fromisoformat(opened)) if whose == entry.public_id else None
    except (BadSignature, ValueError, TypeError):
        return None


def _serializer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt="ballot-form")


def _marked(form: MultiDict[str, str], paper: Paper, vote: Vote) -> Marked:
    """One ballot as the form has it: as it was filled in, or as an earlier page hands it on."""
    if request.method != "POST":
        return Marked()
    values = form.getlist(f"c-{paper.category}")
    abstains = "" in values
    named = tuple(value for value in values if value)
    places = {
        reference: form[f"p-{paper.category}-{number}"].strip()
        for number, reference in enumerate(paper.election.slate)
        if f"p-{paper.category}-{number}" in form
    }
    slips: list[tuple[Slip, int]] = []
    if places:
        ranked, slips = _ranked(places)
        named = named or ranked
    elif vote.method.is_ranking:
        places = {reference: str(number) for number, reference in enumerate(named, start=1)}
    if abstains and named:
        slips.append((Slip.BOTH, 0))
    if not slips:
        most = most_named(
            vote.method,
            paper.election.slate,
            approve_up_to=vote.approve_up_to,
            most_ranked=paper.election.most_ranked,
        )
        found = [SLIPS.get(fault, Slip.UNKNOWN) for _, fault in own_ballots.wrong(paper, vote, named)]
        slips = [(kind, most) for kind in dict.fromkeys(found)]
    return Marked(named if named or abstains else None, tuple(slips), places, named, abstains)


def _ranked(places: Mapping[str, str]) -> tuple[Choice, list[tuple[Slip, int]]]:
    """A ranking from the places given, best first, and what is wrong with them."""
    numbers = {str(number): number for number in range(1, len(places) + 1)}
    given = {reference: numbers[place] for reference, place in places.items() if place in numbers}
    taken = sorted(given.values())
    slips = [(Slip.SAME_PLACE, number) for number in dict.fromkeys(taken) if taken.count(number) > 1]
    if any(place and place not in numbers for place in places.values()):
        slips.append((Slip.UNKNOWN, 0))
    if not slips:
        gap = next((n for n in range(1, len(taken) + 1) if n not in taken), None)
        slips = [(Slip.GAP, gap)] if gap else []
    return tuple(sorted(given, key=given.__getitem__)), slips
