"""The second-round vote: who votes on what, what a file of ballots may hold, what opening the envelopes leaves."""

import multiprocessing
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session, scoped_session

from awards import create_app, editions, elections, envelopes, keys, roll
from awards.ballot_log import Breach
from awards.cli import elections as elections_commands
from awards.elections import ShortlistNotSigned, TooFewElectors
from awards.enrolment import RollIsThePanel
from awards.envelopes import AlreadyCast, BallotSpoilt, NobodyVoted, NotOpen, QuorumNotMet
from awards.extensions import begin_writing, db
from awards.models import (
    AuditEvent,
    AuditPayload,
    Ballot,
    BallotKey,
    Conflict,
    ConflictSource,
    ElectionState,
    Entitlement,
    Envelope,
    EnvelopeOrigin,
    Judge,
    KeyState,
    Membership,
    Organisation,
    RollEntry,
)
from awards.panels import RoundClosed
from awards.roll import NoVote, VoteClosed
from awards.tables import FileRefused, Reason
from awards.timetable import Phase
from tests.awards.contest import FINALISTS, JUDGES, Contest, address, member
from tests.awards.play import entry, judge, statements

Database = Session | scoped_session[Session]

MEMBERS = '\n[vote]\nelectorate = "members"\nmethod = "one_choice"\nquorum = "1/3"\n'
PUBLIC = '\n[vote]\nelectorate = "public"\nmethod = "approval"\napprove_up_to = 2\n'
FOUR = tuple((address(name), *FINALISTS) for name in JUDGES)


def refusals(contest: Contest, *rows: Sequence[str]) -> list[tuple[int, str, Reason]]:
    with pytest.raises(FileRefused) as refused:
        contest.vote(*rows)
    assert contest.session.scalars(select(Envelope)).all() == []
    return [(line.row, line.column, line.reason) for line in refused.value.lines]


def entitlements(contest: Contest) -> dict[str, tuple[list[str], str | None]]:
    found = contest.session.scalars(
        select(Entitlement).where(Entitlement.election_id == contest.election().id)
    )
    return {it.roll_entry.elector: (it.barred, it.withheld_because) for it in found}


@pytest.fixture
def contest(session: scoped_session[Session], tmp_path: Path) -> Contest:
    return Contest(session, tmp_path)


def test_the_roll_of_a_judges_vote_is_the_accepted_judges_of_each_category(
    session: scoped_session[Session], tmp_path: Path
) -> None:
    panel = [
        judge("ann"),
        judge("ben", categories="services"),
        judge("cho", categories="openness"),
        judge("dia"),
    ]
    entries = [entry(name) for name in FINALISTS] + [entry("M-1", "openness"), entry("M-2", "openness")]
    contest = Contest(
        session, tmp_path, panel=panel, entries=entries, marks=dict.fromkeys((*FINALISTS, "M-1", "M-2"), 7)
    ).shortlisted()

    electors = {it.elector for it in roll.of_edition(session, contest.edition)}
    by_category = {
        category: {
            it.roll_entry.elector
            for it in session.scalars(
                select(Entitlement).where(Entitlement.election_id == contest.election(category).id)
            )
        }
        for category in ("services", "openness")
    }

    assert electors == {address(name) for name in JUDGES}
    assert by_category == {
        "services": {address(name) for name in ("ann", "ben", "dia")},
        "openness": {address(name) for name in ("ann", "cho", "dia")},
    }


def test_own_city_and_country_stand_at_the_foot_and_other_interests_take_the_ballot_away(
    session: scoped_session[Session], tmp_path: Path
) -> None:
    entries = [
        entry("SV-1", country="PT", city="Porto"),
        entry("SV-2", organisation="Institute of Ben"),
        entry("SV-3", summary="Thought of by Cho Fictional."),
        entry("SV-4"),
    ]
    panel = [
        judge("ann", city="Porto", country="PT"),
        judge("ben", organisation="Institute of Ben", country="KR", city="Town of nobody"),
        judge("cho"),
        judge("dia", country="PT"),
    ]
    contest = Contest(
        session, tmp_path, rules={"same_country": "block"}, entries=entries, panel=panel
    ).shortlisted()

    assert entitlements(contest) == {
        address("ann"): (["SV-1"], None),
        address("ben"): (["SV-2", "SV-3", "SV-4"], "same_organisation"),
        address("cho"): ([], "named"),
        address("dia"): (["SV-1"], None),
    }


def test_a_waived_country_is_no_bar(contest: Contest) -> None:
    contest.judged()
    decision = contest.edition.id  # any row number: the column holds the decision's
    judge_id = contest.session.scalars(select(Judge.id)).first()
    contest.session.add(
        Conflict(
            judge_id=judge_id,
            nomination_id=contest.nomination("SV-1").id,
            source=ConflictSource.SAME_COUNTRY,
            waived_by=decision,
            found_at=contest.now,
        )
    )

    contest.session.flush()
    contest.shortlist()

    assert entitlements(contest)[address("ann")] == ([], None)


def test_what_is_learnt_between_signature_and_opening_bars_too(
    session: scoped_session[Session], tmp_path: Path
) -> None:
    panel = [judge("ann", city="Ningbo", country="CN"), *(judge(name) for name in JUDGES[1:])]
    entries = [
        entry("SV-1", organisation="Water Office", city="Zhejiang", country="CN"),
        *(entry(name) for name in FINALISTS[1:]),
    ]
    contest = Contest(session, tmp_path, panel=panel, entries=entries).shortlisted()
    assert entitlements(contest)[address("ann")] == ([], None)
    city = member(session, "Ningbo", country="CN")
    city.parent = member(session, "Zhejiang", country="CN", kind="province")

    contest.open()

    assert entitlements(contest)[address("ann")] == (["SV-1"], None)


def test_no_election_is_made_before_the_shortlist_is_signed(
    session: scoped_session[Session], tmp_path: Path
) -> None:
    contest = Contest(session, tmp_path, {"slate": "eligible"}).judged()

    with pytest.raises(ShortlistNotSigned):
        elections.prepare(contest.session, contest.edition, "services", actor=contest.actor, now=contest.now)


def test_the_vote_stays_closed_while_a_category_has_too_few_electors(
    session: scoped_session[Session], tmp_path: Path
) -> None:
    contest = Contest(session, tmp_path, panel=[judge("ann"), judge("ben")]).shortlisted()

    with pytest.raises(TooFewElectors) as refused:
        contest.open()

    assert refused.value.short == {"services": (2, 3)}


def test_the_vote_stays_closed_while_a_shortlist_is_not_signed(contest: Contest) -> None:
    contest.judged()

    with pytest.raises(ShortlistNotSigned, match="services"):
        contest.open()


def test_no_roll_is_loaded_where_the_judges_vote(contest: Contest) -> None:
    with pytest.raises(RollIsThePanel):
        contest.enrol(("Seoul", "", "", ""))


def test_no_roll_is_loaded_where_nobody_votes(session: scoped_session[Session], tmp_path: Path) -> None:
    contest = Contest(session, tmp_path, rules={"second_round": "none"})

    with pytest.raises(NoVote):
        contest.enrol(("Seoul", "", "", ""))


class TestMembers:
    @pytest.fixture
    def contest(self, session: scoped_session[Session], tmp_path: Path) -> Contest:
        region = member(session, "Highland", kind="province")
        for name in ("Aville", "Btown", "Cford"):
            member(session, name, city=name, parent_id=region.id if name == "Aville" else None)
        entries = [
            entry("SV-1", organisation="Aville"),
            entry("SV-2", city="Btown"),
            entry("SV-3"),
            entry("SV-4"),
        ]
        return Contest(session, tmp_path, more=MEMBERS, entries=entries)

    def test_nobody_votes_for_their_own_city_its_parent_or_its_child(self, contest: Contest) -> None:
        contest.enrol(*((name, "", "", "") for name in ("Highland", "Aville", "Btown", "Cford")))
        contest.shortlisted()

        assert entitlements(contest) == {
            "Highland": (["SV-1"], None),
            "Aville": (["SV-1"], None),
            "Btown": (["SV-2"], None),
            "Cford": ([], None),
        }

    def test_the_city_of_a_partner_is_an_own_city_too(
        self, session: scoped_session[Session], tmp_path: Path
    ) -> None:
        member(session, "Porto", country="PT")
        session.add(
            Organisation(
                name="Harbour Agency",
                folded="harbour agency",
                city="Porto",
                country="PT",
                kind="public-agency",
            )
        )
        session.flush()
        entries = [entry("SV-1", partners="Harbour Agency"), *(entry(name) for name in FINALISTS[1:])]
        contest = Contest(session, tmp_path, entries=entries, more=MEMBERS)
        contest.enrol(("Porto", "", "", ""))

        contest.shortlisted()

        assert entitlements(contest) == {"Porto": (["SV-1"], None)}

    def test_each_full_member_that_governs_locally_has_one_delegate(
        self, contest: Contest, session: scoped_session[Session]
    ) -> None:
        member(session, "Cables Ltd", kind="corporation")
        member(session, "Dport").membership = Membership.ASSOCIATE

        with pytest.raises(FileRefused) as refused:
            contest.enrol(
                ("Aville", "", "", "Aville"),
                ("Our Aville", "", "", "aville"),
                ("Cables Ltd", "", "", ""),
                ("Dport", "", "", ""),
                ("Nowhere", "", "", ""),
                ("", "", "", "Btown"),
                ("Btown", "", "no address", ""),
            )

        assert [(line.row, line.column, line.reason) for line in refused.value.lines] == [
            (3, "elector", Reason.TWICE_IN_FILE),
            (4, "elector", Reason.NOT_ELIGIBLE),
            (5, "elector", Reason.NOT_ELIGIBLE),
            (6, "elector", Reason.NOT_FOUND),
            (7, "elector", Reason.EMPTY),
            (8, "email", Reason.NOT_AN_ADDRESS),
        ]
        assert roll.of_edition(session, contest.edition) == []

    def test_a_delegate_is_replaced_until_the_vote_opens(self, contest: Contest) -> None:
        three = ("Aville", "Btown", "Cford")
        contest.enrol(*((name, "Old", f"{name}@example.org", "") for name in three))
        contest.shortlisted()
        loaded = contest.enrol(
            ("Aville", "New", "new@example.org", ""), ("Btown", "Old", "btown@example.org", "")
        )
        contest.open()

        with pytest.raises(roll.RollFrozen):
            contest.enrol(("Aville", "Late", "late@example.org", ""))

        assert (loaded.new, loaded.changed, loaded.unchanged) == ([], ["Aville"], ["Btown"])

    def test_an_elector_is_found_by_another_name_of_the_organisation(
        self, contest: Contest, session: scoped_session[Session]
    ) -> None:
        city = member(session, "Écity")
        city.folded = "ecity"
        contest.enrol(*((name, "", "", "") for name in ("Aville", "Btown", "Écity")))
        contest.opened()

        assert contest.vote(("ECITY", "SV-3")) == {"services": 1}

    def test_below_the_quorum_nothing_is_opened(self, contest: Contest) -> None:
        contest.enrol(*((name, "", "", "") for name in ("Highland", "Aville", "Btown", "Cford")))
        contest.opened()
        contest.vote(("Cford", "SV-1"))

        with pytest.raises(QuorumNotMet) as refused:
            contest.close()

        assert (refused.value.present, refused.value.roll, refused.value.needed) == (1, 4, 2)
        assert contest.election().state is ElectionState.OPEN
        assert contest.session.scalars(select(Ballot)).all() == []

    def test_an_abstention_is_present(self, contest: Contest) -> None:
        contest.enrol(*((name, "", "", "") for name in ("Highland", "Aville", "Btown", "Cford")))
        contest.opened()
        contest.vote(("Cford", "SV-1"), ("Aville",))

        contest.close()

        assert contest.election().tally["ballots"] == 1
        assert contest.election().tally["abstentions"] == 1

    def test_after_the_close_the_roll_stays_as_it_is(self, contest: Contest) -> None:
        contest.enrol(*((name, "", "", "") for name in ("Aville", "Btown")))
        contest.opened()
        contest.vote(("Aville", "SV-3"))
        contest.close()

        with pytest.raises(VoteClosed):
            contest.enrol(("Cford", "", "", ""))


def test_every_bad_line_of_a_file_of_ballots_is_named_and_nothing_is_taken(
    session: scoped_session[Session], tmp_path: Path
) -> None:
    entries = [entry("SV-1", country="PT"), *(entry(name) for name in FINALISTS[1:])]
    panel = [judge("ann", country="PT"), *(judge(name) for name in JUDGES[1:])]
    contest = Contest(
        session, tmp_path, rules={"same_country": "block"}, entries=entries, panel=panel
    ).opened()

    found = refusals(
        contest,
        (address("ben"), "SV-1", "SV-9"),
        (address("cho"), "SV-1", "SV-1"),
        (address("dia"), "", "SV-1"),
        (address("dia"), "SV-1"),
        (address("ann"), "SV-1", "SV-2"),
        ("stranger@example.org", "SV-1"),
    )

    assert found == [
        (2, "second", Reason.NOT_ON_SLATE),
        (3, "second", Reason.NAMED_TWICE),
        (4, "first", Reason.EMPTY),
        (5, "elector", Reason.TWICE_IN_FILE),
        (6, "first", Reason.BARRED),
        (7, "elector", Reason.NOT_ON_ROLL),
    ]


def test_a_category_without_an_open_vote_and_too_many_approvals_are_refused(
    session: scoped_session[Session], tmp_path: Path
) -> None:
    contest = Contest(session, tmp_path, more=PUBLIC)
    contest.enrol(("p@example.org", "P", "p@example.org", "Street Choir"))
    contest.opened()

    found = refusals(contest, ("p@example.org", "SV-1", "SV-2", "SV-3"))
    with pytest.raises(FileRefused) as refused:
        contest.ballots(("elsewhere", "p@example.org", "SV-1"))

    assert found == [(2, "third", Reason.TOO_MANY)]
    assert [line.reason for line in refused.value.lines] == [Reason.NOT_ONE_OF]


def test_a_ballot_withheld_because_of_an_interest_is_refused(
    session: scoped_session[Session], tmp_path: Path
) -> None:
    panel = [*(judge(name) for name in JUDGES[:3]), judge("dia", organisation="Town of SV-1", country="KR")]
    contest = Contest(session, tmp_path, panel=panel).opened()

    assert refusals(contest, (address("dia"), "SV-2")) == [(2, "elector", Reason.IN_CONFLICT)]


def test_a_second_ballot_even_the_same_is_an_error_and_nothing_is_taken(contest: Contest) -> None:
    contest.opened()
    contest.vote(FOUR[0])

    with pytest.raises(FileRefused) as refused:
        contest.vote(FOUR[1], (address("ANN").upper(), *FINALISTS))

    assert [(line.row, line.reason) for line in refused.value.lines] == [(3, Reason.ALREADY_THERE)]
    assert [it.envelopes for it in contest.turnout()] == [1]


def test_a_barred_finalist_at_the_foot_may_be_named_there(
    session: scoped_session[Session], tmp_path: Path
) -> None:
    entries = [entry("SV-1", country="PT"), *(entry(name) for name in FINALISTS[1:])]
    panel = [judge("ann", country="PT"), *(judge(name) for name in JUDGES[1:])]
    contest = Contest(
        session, tmp_path, rules={"same_country": "block"}, entries=entries, panel=panel
    ).opened()

    contest.vote((address("ann"), "SV-2", "SV-3", "SV-4", "SV-1"), *FOUR[1:])
    contest.close()

    assert ["SV-2", "SV-3", "SV-4", "SV-1"] in contest.session.scalars(select(Ballot.choice)).all()


def test_the_number_of_statements_does_not_grow_with_the_ballots(
    session: scoped_session[Session], tmp_path: Path
) -> None:
    contest = Contest(session, tmp_path, more=PUBLIC)
    contest.enrol(*((f"p{number}@example.org", "", "", "") for number in range(12)))
    contest.opened()
    counts = []
    for numbers in (range(2), range(2, 12)):
        with statements(session) as run:
            contest.vote(*((f"p{number}@example.org", "SV-1") for number in numbers))
        counts.append(len(run))

    assert counts[0] == counts[1]


def test_the_audit_of_loaded_ballots_holds_counts_and_no_choice(contest: Contest) -> None:
    contest.opened()
    contest.vote(*FOUR)

    payload = contest.session.scalars(select(AuditPayload).order_by(AuditPayload.event_id.desc())).first()

    assert payload is not None
    assert payload.after == '{"ballots":{"services":4}}'


def test_an_envelope_is_cut_to_the_hour_and_as_long_as_every_other(contest: Contest) -> None:
    contest.opened()
    contest.now += timedelta(minutes=17)
    contest.vote(FOUR[0], (address("ben"), "SV-1"), (address("cho"),))

    found = contest.session.scalars(select(Envelope)).all()

    assert {it.cast_at.minute for it in found} == {0}
    assert len({len(it.sealed or b"") for it in found}) == 1
    assert len({it.tag for it in found}) == 3


def test_nothing_is_opened_while_nobody_has_voted(contest: Contest) -> None:
    contest.opened()

    with pytest.raises(NobodyVoted):
        contest.close()


def test_opening_leaves_ballots_in_the_order_of_their_commitments_and_blank_envelopes(
    contest: Contest,
) -> None:
    contest.opened()
    contest.vote(*FOUR)
    contest.close()

    commitments = contest.session.scalars(select(Ballot.commitment)).all()

    assert list(commitments) == sorted(commitments)
    assert len(commitments) == 4
    assert set(contest.session.scalars(select(Envelope.sealed))) == {None}
    assert contest.election().state is ElectionState.COUNTED


def test_nothing_is_saved_after_the_close(contest: Contest) -> None:
    contest.opened()
    contest.vote(*FOUR[:3])
    contest.close()

    with pytest.raises(NotOpen):
        contest.vote(FOUR[3])
    with pytest.raises(RoundClosed):
        contest.close()


def test_a_cast_waiting_for_the_edition_finds_the_vote_closed(contest: Contest) -> None:
    contest.opened()
    contest.vote(*FOUR[:3])
    election, last = contest.election(), roll.of_edition(contest.session, contest.edition)[3]
    contest.close()

    with pytest.raises(NotOpen):
        envelopes.cast(
            contest.session,
            contest.edition,
            election,
            last,
            (),
            origin=EnvelopeOrigin.ONLINE,
            now=contest.now,
        )


def test_an_elector_casts_once(contest: Contest) -> None:
    contest.opened()
    election, first = contest.election(), roll.of_edition(contest.session, contest.edition)[0]
    cast = {"origin": EnvelopeOrigin.ONLINE, "now": contest.now}
    envelopes.cast(contest.session, contest.edition, election, first, ("SV-1",), **cast)

    with pytest.raises(AlreadyCast):
        envelopes.cast(contest.session, contest.edition, election, first, ("SV-2",), **cast)
    with pytest.raises(AlreadyCast):
        envelopes.cast_all(contest.session, contest.edition, [(election, first, ("SV-2",))], **cast)
    contest.vote(*FOUR[1:])
    contest.close()
    with pytest.raises(NotOpen):
        envelopes.cast_all(contest.session, contest.edition, [(election, first, ("SV-2",))], **cast)


def test_the_key_is_destroyed_after_the_opening_and_the_audit_says_so(contest: Contest) -> None:
    contest.opened()
    contest.vote(*FOUR)
    file = contest.keys / contest.election().key.file_name
    contest.close()
    states = [file.exists(), contest.election().key.state]

    destroyed = envelopes.destroy_spent_keys(
        contest.session, key_folder=contest.keys, actor=contest.actor, now=contest.now
    )
    again = envelopes.destroy_spent_keys(
        contest.session, key_folder=contest.keys, actor=contest.actor, now=contest.now
    )

    assert states == [True, KeyState.SPENT]
    assert ([key.state for key in destroyed], again) == ([KeyState.DESTROYED], ())
    assert not file.exists()
    actions = contest.session.scalars(select(AuditEvent.action)).all()
    assert actions.count("key.destroyed") == 1


@pytest.mark.parametrize(
    "content",
    [
        b'["another election",["SV-1","SV-2","SV-3","SV-4"],"00000000000000000000000000000000"]',
        b'["{election}",["SV-1","SV-9"],"00000000000000000000000000000000"]',
        b'["{election}",["SV-1","SV-1"],"00000000000000000000000000000000"]',
        b'["{election}",["SV-1"],"short"]',
        b'["{election}"]',
        b"no ballot",
    ],
)
def test_an_envelope_that_holds_no_ballot_of_its_election_stops_the_opening(
    contest: Contest, content: bytes
) -> None:
    contest.opened()
    contest.vote(*FOUR[:3])
    election = contest.election()
    forged = content.replace(b"{election}", election.public_id.encode())
    _insert(contest, keys.seal(election.key.public_key, forged))

    with pytest.raises(BallotSpoilt):
        contest.close()


def test_a_copied_envelope_stops_the_opening(contest: Contest) -> None:
    contest.opened()
    contest.vote(*FOUR[:3])
    _insert(contest, contest.session.scalars(select(Envelope.sealed)).first() or b"")

    with pytest.raises(BallotSpoilt):
        contest.close()


def _insert(contest: Contest, sealed: bytes) -> None:
    last = roll.of_edition(contest.session, contest.edition)[3]
    contest.session.add(
        Envelope(
            election_id=contest.election().id,
            roll_entry_id=last.id,
            sealed=sealed,
            fingerprint=envelopes.fingerprint(contest.election(), last.public_id, sealed),
            tag="forged",
            origin=EnvelopeOrigin.ONLINE,
            cast_at=contest.now,
        )
    )
    contest.session.flush()


def test_an_envelope_is_never_removed_and_only_ever_blanked(contest: Contest) -> None:
    contest.opened()
    contest.vote(*FOUR)

    for statement in (
        "DELETE FROM envelope",
        "UPDATE envelope SET sealed = 'x'",
        "UPDATE envelope SET tag = 'x'",
    ):
        with pytest.raises(DatabaseError), contest.session.begin_nested():
            contest.session.execute(text(statement))


def cast_in_a_process(
    url: str, data: str, gate: "multiprocessing.synchronize.Barrier", protected: bool
) -> None:
    """One process's try to cast the first elector's ballot, at the same moment as another's."""
    app = create_app({"SQLALCHEMY_DATABASE_URI": url, "LAURELS_DATA": data, "TESTING": True})
    with app.app_context():
        gate.wait()
        try:
            if protected:
                begin_writing()
                edition = editions.find(db.session(), "small-prize")
                election = elections.of_category(db.session(), edition, "services")[-1]
                entry = roll.of_edition(db.session(), edition)[0]
                envelopes.cast(
                    db.session(),
                    edition,
                    election,
                    entry,
                    ("SV-1",),
                    origin=EnvelopeOrigin.ONLINE,
                    now=edition.created_at,
                )
            else:
                election_id = db.session.scalar(text("SELECT max(id) FROM election"))
                entry_id = db.session.scalar(text("SELECT min(id) FROM roll_entry"))
                db.session.rollback()
                begin_writing()
                db.session.execute(
                    text(
                        "INSERT INTO envelope (election_id, roll_entry_id, tag, origin, cast_at)"
                        " VALUES (:election, :entry, 'x', 'online', '2014-09-01 09:00:00')"
                    ),
                    {"election": election_id, "entry": entry_id},
                )
            db.session.commit()
        except AlreadyCast:
            db.session.rollback()
        finally:
            db.session.remove()
            db.engine.dispose()


def cast_twice_at_once(app: Flask, *, protected: bool) -> int:
    """How many envelopes the first elector has after two processes have cast at once."""
    context = multiprocessing.get_context("fork")
    gate = context.Barrier(2)
    arguments = (app.config["SQLALCHEMY_DATABASE_URI"], app.config["LAURELS_DATA"], gate, protected)
    both = [context.Process(target=cast_in_a_process, args=arguments) for _ in range(2)]
    for process in both:
        process.start()
    for process in both:
        process.join(timeout=60)
    assert [process.exitcode for process in both] == [0, 0]
    return db.session.scalar(text("SELECT count(*) FROM envelope")) or 0


def test_two_ballots_at_once_from_two_processes_leave_one_envelope(app: Flask, contest: Contest) -> None:
    contest.opened()
    contest.session.commit()

    assert cast_twice_at_once(app, protected=True) == 1


def test_without_lock_check_and_key_two_ballots_at_once_would_leave_two(app: Flask, contest: Contest) -> None:
    """What the test above would see if the protection were taken out."""
    contest.opened()
    contest.session.commit()
    begin_writing()
    if db.engine.dialect.name == "sqlite":
        db.session.execute(text("CREATE TABLE bare AS SELECT * FROM envelope"))
        db.session.execute(text("DROP TABLE envelope"))
        db.session.execute(text("ALTER TABLE bare RENAME TO envelope"))
    else:
        db.session.execute(text("ALTER TABLE envelope DROP CONSTRAINT pk_envelope"))
        db.session.execute(text("DROP INDEX uq_envelope_standing"))
    contest.session.commit()

    assert cast_twice_at_once(app, protected=False) == 2


def test_a_live_key_without_its_file_opens_nothing(contest: Contest) -> None:
    contest.opened()
    contest.vote(*FOUR)
    keys.destroy(contest.keys, contest.election().key.file_name)

    with pytest.raises(keys.KeyMissing):
        contest.close()


def test_without_a_live_key_no_election_is_made(contest: Contest) -> None:
    contest.judged()
    for key in contest.session.scalars(select(BallotKey)):
        key.state = KeyState.DESTROYED

    with pytest.raises(elections.NoLiveKey):
        contest.shortlist()


def test_a_category_in_which_nobody_stands_has_no_election(contest: Contest) -> None:
    contest.shortlisted()

    prepared = elections.prepare(
        contest.session, contest.edition, "openness", actor=contest.actor, now=contest.now
    )

    assert prepared is None
    assert contest.edition.phase is Phase.DELIBERATION
    assert contest.session.scalars(select(RollEntry.judge_id)).all() != []


def test_a_file_without_rows_or_electors_is_refused(contest: Contest) -> None:
    contest.opened()

    with pytest.raises(FileRefused) as empty:
        contest.vote()

    assert [line.reason for line in empty.value.lines] == [Reason.EMPTY_FILE]
    assert refusals(contest, ("", "SV-1")) == [(2, "elector", Reason.NOT_ON_ROLL)]


def test_before_the_vote_opens_no_ballot_is_taken(contest: Contest) -> None:
    contest.shortlisted()

    with pytest.raises(NotOpen):
        contest.vote(FOUR[0])


def test_an_elector_of_the_public_may_name_an_organisation_that_nobody_knows(
    session: scoped_session[Session], tmp_path: Path
) -> None:
    contest = Contest(session, tmp_path, more=PUBLIC)

    loaded = contest.enrol(
        ("p@example.org", "P", "P@example.org", "Street Choir"), ("q@example.org", "Q", "", "Street Choir")
    )

    assert (loaded.new, loaded.organisations) == (["p@example.org", "q@example.org"], ["Street Choir"])
    assert [it.email for it in roll.of_edition(session, contest.edition)] == ["p@example.org", ""]


def test_a_name_that_fits_two_organisations_is_refused(
    session: scoped_session[Session], tmp_path: Path
) -> None:
    member(session, "Twin")
    member(session, "Twin", country="JP")
    contest = Contest(session, tmp_path, more=MEMBERS)

    with pytest.raises(FileRefused) as refused:
        contest.enrol(("Twin", "", "", ""))
    with pytest.raises(FileRefused) as empty:
        contest.enrol()

    assert [line.reason for line in refused.value.lines] == [Reason.AMBIGUOUS]
    assert [line.reason for line in empty.value.lines] == [Reason.EMPTY_FILE]


def test_the_shell_has_words_for_whatever_is_found_in_a_box() -> None:
    assert {*elections_commands.BREACHES} == {*Breach}
