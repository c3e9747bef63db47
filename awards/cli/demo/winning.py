"""The demo's winners: told in confidence, one has answered, one asks for another name; a release is proposed."""

from __future__ import annotations

from datetime import timedelta
from itertools import cycle

import click

from awards import acceptances, accounts, arming, citations, editions, nominations, prizes, writers
from awards.audit import Actor
from awards.cli.demo.afterwards import name_those_who_sign
from awards.cli.demo.desks import OFFICER
from awards.cli.demo.drafts import NOMINATOR
from awards.cli.demo.marks import CHAIR
from awards.cli.demo.panel import ORGANISER, holder, of
from awards.cli.demo.voting import SECOND_ORGANISER
from awards.cli.shell import Shell, acting
from awards.models import Acceptance, Award, Edition, NominationState, Role
from awards.timetable import Phase

WHOSE = "Whoever wrote it works elsewhere now; the city has named another person."
ASKED = "Please write our name as it stands on our seal."
CITED = (
    {
        "en": "For an idea that began with those who had been forgotten, and for figures that anybody can check.",
        "ko": "잊힌 사람들에게서 출발한 발상과 누구나 확인할 수 있는 수치를 높이 평가하였습니다.",
    },
    {
        "en": "For a service that asks people for nothing the city knows already, and says what comes next.",
        "ko": "시가 이미 아는 것을 시민에게 다시 묻지 않고 다음 절차를 알려 주는 점을 높이 평가하였습니다.",
    },
    {
        "en": "For work that went on after the first money was spent, and that other cities can take over as it is.",
        "ko": "첫 예산이 끝난 뒤에도 이어졌으며 다른 도시가 그대로 도입할 수 있는 점을 높이 평가하였습니다.",
    },
    {
        "en": "For openness about what failed at first, and for what was learnt from it.",
        "ko": "처음에 실패한 점을 솔직하게 밝히고 그 경험에서 배운 점을 높이 평가하였습니다.",
    },
)
"""What the demo's chair writes, one after the other."""
WHY = "All results are signed, and the winners have been told."


@click.command("demo-winners", hidden=True)
@click.argument("key")
@click.argument("phase")
@acting
def tell(shell: Shell, key: str, phase: str) -> None:
    """Tell the winners. All have accepted, or where the demo stops here, one has, and a release waits."""
    edition = editions.find(shell.session, key)
    desk = _Desk(shell, edition, stops=Phase(phase) is Phase.DECIDED)
    name_those_who_sign(shell, edition, desk.organiser)
    desk.let_people_lead()
    desk.write_citations()
    desk.tell_and_answer()
    if desk.stops:
        desk.propose_the_release()


class _Desk:
    """What office and winners do between the signature and the release."""

    def __init__(self, shell: Shell, edition: Edition, *, stops: bool) -> None:
        self.shell, self.edition, self.stops = shell, edition, stops
        self.organiser = holder(shell, edition, Role.ORGANISER, ORGANISER)
        self.another = holder(
            shell, edition, Role.ORGANISER, SECOND_ORGANISER, name="Second organiser of the demo"
        )
        self.given = prizes.of_edition(shell.session, edition)

    def let_people_lead(self) -> None:
        """Two people lead nominations that have won, and one of them another that did not reach the finalists."""
        nominator = _person(self.shell, NOMINATOR, "Nominator").account
        officer = _person(self.shell, OFFICER, "Officer").account
        lost = nominations.of_edition(self.shell.session, self.edition, NominationState.NOT_SHORTLISTED)[0]
        theirs = ((self._nominators(), nominator), (self._officers(), officer))
        for nomination, account in (*((award.nomination, who) for award, who in theirs), (lost, nominator)):
            writers.hand_over_by_staff(
                self.shell.session,
                nomination,
                account,
                reason=WHOSE,
                actor=self.shell.actor,
                now=self.shell.now - timedelta(days=2),
            )

    def write_citations(self) -> None:
        """The chair has written one where the demo stops, and all where it goes on."""
        holder(self.shell, self.edition, Role.CHAIR, CHAIR)
        written = self.given[:1] if self.stops else self.given
        for award, texts in zip(written, cycle(CITED), strict=False):
            citations.write(
                self.shell.session, self.edition, award, texts, actor=self.shell.actor, now=self.shell.now
            )

    def tell_and_answer(self) -> None:
        """One has accepted with a wish; the nominator has still to answer where the demo stops."""
        acceptances.tell(
            self.shell.session,
            self.edition,
            [it.id for it in self.given],
            actor=self.organiser,
            now=self.shell.now,
        )
        for it in acceptances.of_edition(self.shell.session, self.edition):
            if it.award_id == self._officers().id:
                officer = _person(self.shell, OFFICER, "Officer")
                wish = ASKED if self.stops else ""
                self._answer(it, officer, wishes=wish, attending="The mayor and two of the team.")
            elif not self.stops:
                self._answer(it, self.organiser, how="By telephone.")

    def _answer(self, its: Acceptance, by: Actor, **said: str) -> None:
        acceptances.answer(
            self.shell.session,
            self.edition,
            its,
            accepted=True,
            names={},
            actor=by,
            now=self.shell.now,
            **said,
        )

    def propose_the_release(self) -> None:
        """The second organiser proposes to release everything by hand."""
        arming.propose(
            self.shell.session,
            self.edition,
            editions.open_categories(self.shell.session, self.edition),
            due=None,
            reason=WHY,
            actor=self.another,
            now=self.shell.now,
        )

    def _nominators(self) -> Award:
        return self.given[0]

    def _officers(self) -> Award:
        return self.given[2]


def _person(shell: Shell, email: str, name: str) -> Actor:
    account, _ = accounts.find_or_make(
        shell.session, email, name=f"{name} of the demo", actor=shell.actor, now=shell.now
    )
    return of(account)
