"""The page of a partner's signed letter: a file that stands beside the draft and says that the partner agrees."""

from __future__ import annotations

from flask import abort, url_for
from flask_babel import gettext as _

from awards import attachments, collaboration, partners
from awards.attachments import Item
from awards.extensions import db
from awards.models import Attachment, Nomination, NominationPartner
from awards.web import sessions
from awards.web.field_page import FieldPage
from judging.rules import Field


class LetterPage(FieldPage):
    """One letter stands at a time; a newer one takes its place, and the former can be put back."""

    def __init__(self, nomination: Nomination, partner: NominationPartner, key: str) -> None:
        super().__init__(
            nomination, Field(key, "files", required=False, public=False, judges=False, limit=0, most=1)
        )
        self.partner = partner

    @property
    def keeps(self) -> int:
        return attachments.MOST_IN_A_FIELD

    def is_full(self) -> bool:
        return False

    def name(self) -> str:
        return _("Signed letter of %(partner)s", partner=self.partner.organisation.name)

    def guidance(self) -> str:
        return _(
            "With its signed letter a partner agrees to be named; nobody has to be asked by mail then. "
            "A newer letter takes the place of an older one."
        )

    def up(self) -> str:
        return url_for("collaboration.show", nomination=self.nomination.public_id)

    def back(self) -> str:
        return _("Back to the people")

    def letter(self) -> str:
        return url_for(
            "collaboration.letter",
            nomination=self.nomination.public_id,
            partner=self.partner.organisation.public_id,
        )

    def need_open(self) -> None:
        partners.need_open(db.session(), self.nomination, now=sessions.now())

    def hold_open(self) -> None:
        partners.hold_open(db.session(), self.nomination, now=sessions.now())
        db.session.refresh(self.partner)
        if self.partner.ended_at is not None:
            abort(404)

    def put(self, key: str) -> None:
        collaboration.approve_by_letter(
            db.session(), self.partner, attachment_key=key, actor=sessions.actor(), now=sessions.now()
        )

    def take_out(self, key: str) -> None:
        if key == self.partner.approval_key:
            collaboration.take_letter_back(
                db.session(), self.partner, actor=sessions.actor(), now=sessions.now()
            )

    def items(self) -> list[Item]:
        return [Item(it.key, it) for it in self._kept() if it.key == self.partner.approval_key]

    def taken_out(self) -> list[Attachment]:
        return [it for it in self._kept() if it.key != self.partner.approval_key]

    def _kept(self) -> list[Attachment]:
        return attachments.of(db.session(), self.nomination, self.field.key)
