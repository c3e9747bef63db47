"""Letters to key holders: to make the key, to try it, to give the share."""

from __future__ import annotations

from flask_babel import gettext as _

from awards.holders import Wanted
from awards.letters.letter import Case, Letter, parts, text


def asked(case: Case) -> Letter:
    """What a holder is wanted for."""
    wanted = Wanted(case.said("wanted") or Wanted.PREPARE.value)
    subject, says, act = _about(case, wanted)
    return Letter(
        subject,
        parts(text(says)),
        act=act,
        link=case.link,
        after=parts(text(_("Give passphrase and words to nobody, whoever asks. We never need them."))),
        why=_("You receive this because you are a key holder of %(edition)s.", edition=case.edition),
    )


def _about(case: Case, wanted: Wanted) -> tuple[str, str, str]:
    match wanted:
        case Wanted.GIVE:
            return (
                _("The vote is closed, your share is wanted: %(edition)s", edition=case.edition),
                _(
                    "The envelopes are sealed. Two of the three key holders open them, each with their own share, "
                    "from wherever they are."
                ),
                _("Give your share"),
            )
        case Wanted.TRY:
            return (
                _("Please try your key: %(edition)s", edition=case.edition),
                _(
                    "Nothing is opened by it. It shows that your passphrase, or your paper, works before it is needed."
                ),
                _("Try your key"),
            )
        case Wanted.PREPARE:
            return (
                _("Please make your key: %(edition)s", edition=case.edition),
                _(
                    "The rules can't be frozen before all three key holders are ready. It takes ten minutes and a "
                    "printer, or pen and paper."
                ),
                _("Make your key"),
            )
