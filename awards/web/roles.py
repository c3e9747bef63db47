"""Roles in words: what somebody is called, and what they do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from flask_babel import lazy_gettext as _l

from awards.models import Role


class RoleWords(NamedTuple):
    """What a role is called, and what whoever has it does."""

    name: object
    does: object


ROLES: Mapping[Role, RoleWords] = {
    Role.ADMINISTRATOR: RoleWords(_l("administrator"), _l("You make programmes and appoint organisers.")),
    Role.ORGANISER: RoleWords(
        _l("organiser"),
        _l("You run the edition: its dates and texts, the people, the check of the nominations, the rounds."),
    ),
    Role.SCREENER: RoleWords(
        _l("screener"),
        _l("You check nominations against the rules and decide, with reasons, which take part."),
    ),
    Role.CLERK: RoleWords(_l("clerk"), _l("You type in sheets that judges have filled in on paper.")),
    Role.TELLER: RoleWords(
        _l("teller"),
        _l(
            "You watch over the vote: turnout, reminders, its close, and the opening of the envelopes by two."
        ),
    ),
    Role.HOLDER: RoleWords(
        _l("key holder"),
        _l(
            "You are one of three who hold a share of the key. After the vote two of you open the envelopes, each "
            "with a passphrase of your own."
        ),
    ),
    Role.JUDGE: RoleWords(_l("judge"), _l("You declare your interests, read nominations and mark them.")),
    Role.CHAIR: RoleWords(
        _l("chair"), _l("You settle ties and sign the shortlist and the winners, with your reasons.")
    ),
    Role.DEPUTY: RoleWords(_l("deputy chair"), _l("You act where the chair has a conflict of interest.")),
    Role.ELECTOR: RoleWords(_l("elector"), _l("You cast one ballot in each category.")),
    Role.AUDITOR: RoleWords(_l("auditor"), _l("You read everything, change nothing and count again.")),
}


def titled(role: Role) -> str:
    """A role as it begins a line or stands alone."""
    name = str(ROLES[role].name)
    return name[:1].upper() + name[1:]
