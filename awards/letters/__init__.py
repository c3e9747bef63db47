"""Letters: what every message says, in the language of its reader; the same words for plain text and HTML."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from flask_babel import gettext as _

from awards.letters import (
    assignments,
    certificates,
    decisions,
    delegates,
    editions,
    holders,
    mended,
    nominations,
    panel,
    papers,
    people,
    press,
    prizes,
    rounds,
    shortlist,
    strikes,
    voting,
)
from awards.letters.letter import Case, Letter
from awards.notices import Template

LETTERS: Mapping[Template, Callable[[Case], Letter]] = {
    Template.SIGN_IN: people.sign_in,
    Template.SIGN_UP: people.sign_up,
    Template.NO_ACCOUNT: people.no_account,
    Template.ADDRESS_CONFIRM: people.address_confirm,
    Template.INVITATION: people.invitation,
    Template.ANSWERED: people.answered,
    Template.RECEIPT: nominations.receipt,
    Template.REMINDER: nominations.reminder,
    Template.UNSUBMITTED_CHANGES: nominations.unsubmitted_changes,
    Template.RETURNED: decisions.returned,
    Template.ELIGIBLE: decisions.eligible,
    Template.INELIGIBLE: decisions.ineligible,
    Template.APPEAL_RECEIVED: decisions.appeal_received,
    Template.APPEAL_DECIDED: decisions.appeal_decided,
    Template.LATE_KEPT: nominations.late_kept,
    Template.LATE_DECIDED: nominations.late_decided,
    Template.DATE_MOVED: editions.date_moved,
    Template.RULES_AMENDED: editions.rules_amended,
    Template.WITHDRAWN: nominations.withdrawn,
    Template.DISQUALIFIED: nominations.disqualified,
    Template.CATEGORY_MOVE: decisions.category_move,
    Template.FINALIST: shortlist.finalist,
    Template.NOT_SHORTLISTED: shortlist.not_shortlisted,
    Template.REOPENING: shortlist.reopening,
    Template.JUDGE_ANSWERED: panel.judge_answered,
    Template.JUDGE_LEFT: panel.judge_left,
    Template.PANEL_LOST: panel.panel_lost,
    Template.JUDGE_REMINDER: rounds.judge_reminder,
    Template.WAIVER_ASKED: rounds.waiver_asked,
    Template.ROOM_OPENED: rounds.room_opened,
    Template.SHEET_TYPED: papers.sheet_typed,
    Template.ASSIGNED: assignments.assigned,
    Template.RELEASED: assignments.released,
    Template.FURTHER_READING: assignments.further_reading,
    Template.BALLOT: voting.ballot,
    Template.CITIZEN: voting.citizen,
    Template.DELEGATE_ASKED: delegates.delegate_asked,
    Template.DELEGATE_NAMED: delegates.delegate_named,
    Template.DELEGATE_ENDED: delegates.delegate_ended,
    Template.DELEGATE_RECORDED: delegates.delegate_recorded,
    Template.ENVELOPE_STRUCK: strikes.envelope_struck,
    Template.DISPUTE_RAISED: strikes.dispute_raised,
    Template.DISPUTE_DECIDED: strikes.dispute_decided,
    Template.WON: prizes.won,
    Template.WON_TAKEN_BACK: prizes.won_taken_back,
    Template.RESULT: prizes.result,
    Template.TAKEN_DOWN: prizes.taken_down,
    Template.PUT_BACK: prizes.put_back,
    Template.PRIZE_ANSWERED: prizes.answered,
    Template.CONSENT_CHANGED: prizes.consent_changed,
    Template.HOLDER_ASKED: holders.asked,
    Template.PRIZE_REVOKED: mended.revoked,
    Template.PRIZE_MOVED: mended.moved,
    Template.PRIZE_CORRECTED: mended.corrected,
    Template.RESULT_MENDED: mended.mended,
    Template.FEEDBACK: mended.feedback,
    Template.COMMENT_KEPT_BACK: mended.comment_kept_back,
    Template.CERTIFICATE_REVOKED: certificates.revoked,
    Template.CERTIFICATE_REISSUED: certificates.reissued,
    Template.PRESS_INVITED: press.invited,
    Template.PRESS_TAKEN_BACK: press.taken_back,
    Template.PRESS_ENDED: press.ended,
}


def write(template: Template, case: Case) -> Letter:
    """The letter of a template, with who sent it; in the language that is spoken now."""
    letter = LETTERS[template](case)
    sender = (
        _("Sent by the secretariat of %(edition)s with Laurels.", edition=case.edition)
        if case.edition
        else _("Sent by Laurels.")
    )
    return replace(letter, sender=sender)
