"""What is published of a nomination as its pages list it, and consent withdrawn or given again from there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import request
from flask_babel import gettext as _

from awards import consents, fields, publication, published
from awards.audit import Actor
from awards.consents import NothingSuch, ReasonMissing, WithdrawnByOrganiser
from awards.extensions import db
from awards.models import Edition, Nomination, PublicationKind, WithdrawnConsent
from awards.published import Item, Sheet
from awards.web.questions import Naming
from awards.web.secretariat.frame import long_reason, posted
from awards.web.texts import Text
from judging.rules import Field, Rules

SHORT = 160
WITHDRAW, GIVE = "withdraw", "give"


@dataclass(frozen=True, slots=True)
class Line:
    """An item as a page lists it: what it is called, how it begins, since when it is withdrawn."""

    key: str
    name: Text | str
    said: str
    withdrawn: WithdrawnConsent | None
    picture: int | None = None

    @property
    def is_everything(self) -> bool:
        return self.key == consents.EVERYTHING


@dataclass(frozen=True, slots=True)
class Listed:
    """All that is published of a nomination, and the one item that somebody is about to withdraw or give again."""

    nomination: Nomination
    sheet: Sheet
    lines: tuple[Line, ...]
    everything: Line
    asked: Line | None
    finalist_page: bool
    winner_page: bool


@dataclass(frozen=True, slots=True)
class Answered:
    """What became of a posted form: what to say, or what is wrong beside which field."""

    says: str
    mood: str = "done"
    wrong: Mapping[str, str] | None = None


def listed(
    edition: Edition, nomination: Nomination, rules: Rules, texts: Any, now: datetime
) -> Listed | None:
    """None where nothing of the nomination is public yet."""
    session = db.session()
    sheet = published.of_nomination(session, edition, nomination, now)
    if sheet is None:
        return None
    shown = {
        kind: {
            row["reference"]: row
            for it in publication.visible(session, edition, kind, now)
            for row in it.document["rows"]
        }
        for kind in PublicationKind
    }
    winner = shown[PublicationKind.WINNERS].get(nomination.reference)
    numbers = {
        consents.picture_of(it): int(it["number"]) for it in (winner or {}).get("pictures", ()) if winner
    }
    by_key = {it.key: it for it in rules.fields}
    lines = tuple(_line(it, by_key, texts, edition.language, numbers) for it in sheet.items)
    everything = Line(consents.EVERYTHING, _("Everything but name, prize and citation"), "", sheet.everything)
    key = posted("item") or request.args.get("item", "")
    asked = next((it for it in (*lines, everything) if it.key == key), None)
    return Listed(
        nomination,
        sheet,
        lines,
        everything,
        asked,
        nomination.reference in shown[PublicationKind.FINALISTS],
        winner is not None,
    )


def _line(
    it: Item, by_key: Mapping[str, Field], texts: Any, fallback: str, numbers: Mapping[str, int]
) -> Line:
    if it.is_picture:
        said = str(it.said.get("caption") or it.said.get("alternative") or _("without a caption"))
        return Line(it.key, _("Picture"), said, it.withdrawn, numbers.get(it.key))
    if it.key == consents.SUMMARY:
        return Line(it.key, _("Summary"), _short(str(it.said)), it.withdrawn)
    if it.key == consents.CONTACTS:
        said = ", ".join(str(contact.get("name", "")) for contact in it.said)
        return Line(it.key, _("Contacts"), said, it.withdrawn)
    field = by_key.get(it.key)
    if field is None:  # the rules have no such question any more
        return Line(it.key, it.key, "", it.withdrawn)
    naming = Naming(field, texts, fallback)
    return Line(it.key, naming.name, _short(_beginning(field, it.said, naming)), it.withdrawn)


def _beginning(field: Field, said: Any, naming: Naming) -> str:
    if field.kind in ("choice", "choices"):
        return ", ".join(str(naming.option(key)) for key in fields.items_of(said))
    if field.kind == "rows":
        return ", ".join(str(next(iter(row.values()), "")) for row in fields.rows_of(field, said))
    return ", ".join(fields.items_of(said))


def _short(text: str) -> str:
    plain = " ".join(text.split())
    return plain if len(plain) <= SHORT else f"{plain[:SHORT].rstrip()}…"


def act(edition: Edition, found: Listed, *, as_organiser: bool, actor: Actor, now: datetime) -> Answered:
    """Withdraw or give again what the posted form names; commits where that was done."""
    session, item = db.session(), posted("item")
    if wrong := long_reason():
        return Answered("", wrong=wrong)
    if found.asked is None:
        return Answered(stale(), "caution")
    who: dict[str, Any] = {
        "as_organiser": as_organiser,
        "actor": actor,
        "now": now,
        "reason": posted("reason"),
    }
    try:
        if posted("act") == GIVE:
            consents.give_again(session, edition, found.nomination, item, **who)
            says = _("It is public again, as it stood.")
        else:
            keys = found.sheet.keys
            consents.withdraw(session, edition, found.nomination, item, published=keys, **who)
            says = _("It is withdrawn, and no page shows it any more.")
    except ReasonMissing:
        session.rollback()
        return Answered("", wrong={"reason": _("Write who asked for it, and how.")})
    except WithdrawnByOrganiser:
        session.rollback()
        return Answered(_("The secretariat withdrew this. Write to it if it may be public again."), "caution")
    except NothingSuch:
        session.rollback()
        return Answered(stale(), "caution")
    session.commit()
    return Answered(says)


def stale() -> str:
    return _("Something has changed meanwhile; nothing was done. This is how it stands now.")
