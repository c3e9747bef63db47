"""Any two of three named holders open the envelopes; one lost share hurts nobody, and nothing of a share is kept."""

import itertools
import sqlite3
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nacl.public import PrivateKey
from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session

from awards import (
    appointments,
    approvals,
    decisions,
    editions,
    envelopes,
    giving,
    holders,
    keys,
    shares,
    unsealing,
    voiding,
)
from awards.holders import Secret
from awards.models import (
    Answer,
    AuditEvent,
    Ballot,
    BallotKey,
    DecisionKind,
    ElectionState,
    Envelope,
    KeyState,
    Role,
)
from awards.shares import HoldersMissing, KeyShared
from tests.awards.keeping import NAMES, PASSPHRASES, Kept
from tests.awards.play import NOW
from tests.awards.poll import Poll
from tests.awards.test_striking import strike
from tests.awards.test_voiding import spoil

SQLITE = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
Work = Session | scoped_session[Session]


@settings(max_examples=20)
@given(st.binary(min_size=32, max_size=32))
def test_any_two_parts_give_a_key_back_and_one_does_not(whole: bytes) -> None:
    private = PrivateKey(whole)
    public, parts = keys.public_of(private), keys.split(private)

    for two in itertools.permutations(parts, 2):
        assert keys.open_sealed(keys.join(two, public), keys.seal(public, b"a ballot")) == b"a ballot"
    for wrong in (parts[:1], (parts[0], parts[0]), (parts[0], bytes([2]) + parts[2][1:]), (b"", parts[1])):
        with pytest.raises(keys.SharesDoNotFit):
            keys.join(wrong, public)


def test_a_paper_copy_is_read_as_people_type_it_and_a_wrong_word_is_noticed() -> None:
    private = PrivateKey(
        bytes(range(32))
    )  # of others one in 85 has a wrong copy here that happens to be right
    words = keys.words_of(private)

    typed = ", ".join(f"{at}. {word[:4].upper()}" for at, word in enumerate(words, 1))
    assert keys.from_words(typed).encode() == private.encode()
    for wrong in (words[:-1], (*words[1:], words[0]), ("zebra", *words[1:]), ("없다",)):
        with pytest.raises(keys.WrongSecret):
            keys.from_words(" ".join(wrong))


def test_a_passphrase_opens_the_file_and_nothing_else_does(tmp_path: Path) -> None:
    private = keys.new()
    keys.keep(tmp_path, "a.holder", keys.lock(private, "seven  quiet herons"))

    assert keys.unlock(tmp_path, "a.holder", " seven quiet herons ").encode() == private.encode()
    assert private.encode() not in (tmp_path / "a.holder").read_bytes()
    with pytest.raises(keys.WrongSecret):
        keys.unlock(tmp_path, "a.holder", "seven quiet heron\ud800")
    (tmp_path / "a.holder").write_bytes(b"LHK1")
    with pytest.raises(keys.KeyMissing):
        keys.unlock(tmp_path, "a.holder", "seven quiet herons")


@SQLITE
def test_a_key_of_an_act_that_was_refused_leaves_no_file(session: Work, tmp_path: Path) -> None:
    poll = Poll(session, tmp_path)
    session.commit()
    for end in (session.close, session.rollback):
        editions.make_key(session(), poll.edition, folder=poll.keys, now=NOW)  # type: ignore[operator]
        assert len(list(poll.keys.iterdir())) == 1
        end()
        assert list(poll.keys.iterdir()) == []
        poll.edition = editions.find(session(), poll.edition.key)  # type: ignore[operator]
    with session.begin_nested():
        editions.make_key(session(), poll.edition, folder=poll.keys, now=NOW)  # type: ignore[operator]
    session.commit()
    session.close()
    assert len(list(poll.keys.iterdir())) == 1


class Short(Kept):
    """Two of the three are ready."""

    def prepared(self) -> tuple[str, ...]:
        return NAMES[:2]


@SQLITE
def test_the_freeze_waits_until_all_three_are_ready_and_names_who_is_missing(
    session: Work, tmp_path: Path
) -> None:
    short = Short(session, tmp_path)
    with pytest.raises(HoldersMissing) as refused:
        short.marked()
    assert (refused.value.missing, refused.value.ready) == (("Hilda",), 2)
    assert short.edition.frozen_at is None
    assert short.files("key") == []

    short.make_ready("hilda")
    editions.freeze(session, short.edition, folder=short.keys, actor=short.actor, now=NOW)
    frozen = decisions.of_edition(session, short.edition, DecisionKind.FREEZE)[0]
    assert frozen.subject["key_holders"] == ["Hana", "Hugo", "Hilda"]
    assert (short.files("key"), len(short.files("share"))) == ([], 3)


@SQLITE
def test_holders_are_named_before_the_freeze_three_at_most_and_called_off(
    session: Work, tmp_path: Path
) -> None:
    poll = Poll(session, tmp_path)
    organiser = poll.person("organiser@desk.example", Role.ORGANISER)

    def name(who: str) -> object:
        return appointments.appoint(
            session,
            poll.edition,
            Role.HOLDER,
            email=f"{who}@keys.example",
            name=who,
            language="en",
            as_administrator=False,
            actor=organiser,
            now=NOW,
        )

    for who in ("hana", "hugo"):
        name(who)
    poll.person("hilda@keys.example", Role.HOLDER)
    with pytest.raises(holders.HoldersFull):
        name("hector")
    with pytest.raises(HoldersMissing) as refused:
        editions.freeze(session, poll.edition, folder=poll.keys, actor=poll.actor, now=NOW)
    assert set(refused.value.missing) == {"hana", "hugo", "Hilda"}
    grant = appointments.of_role(session, poll.edition, Role.HOLDER)[0]
    appointments.end(session, poll.edition, grant, as_administrator=False, actor=organiser, now=NOW)
    for asked in appointments.invited(session, poll.edition):
        asked.answer, asked.answered_at = Answer.WITHDRAWN, NOW
    assert editions.freeze(session, poll.edition, folder=poll.keys, actor=poll.actor, now=NOW)
    assert (len(list(poll.keys.glob("*.key"))), shares.is_shared(session, poll.edition)) == (1, False)
    with pytest.raises(holders.HoldersTooLate):
        name("hector")


def test_two_of_three_open_and_everything_of_the_key_is_destroyed(session: Work, tmp_path: Path) -> None:
    kept = Kept(session, tmp_path).voted()
    assert kept.files("key") == []
    with pytest.raises(KeyShared):
        kept.close()
    with pytest.raises(KeyShared):
        unsealing.propose(session, kept.edition, reason="Now", actor=kept.organiser, now=kept.now)

    assert giving.lapse(session, key_folder=kept.keys, actor=kept.actor, now=kept.now) == 0
    assert kept.give("hana") == giving.Given()
    assert not session.scalars(select(Ballot)).all(), "one share opens nothing"
    with pytest.raises(approvals.SamePerson):
        kept.give("hana")
    opened = kept.give("hugo", by_words=True, reason="")

    assert opened.closed is not None
    assert len(session.scalars(select(Ballot)).all()) == 3
    decided = decisions.of_edition(session, kept.edition, DecisionKind.OPENING)[0]
    assert [(it["name"], it["as"]) for it in decided.signers] == [("Hana", "holder"), ("Hugo", "holder")]
    envelopes.destroy_spent_keys(session, key_folder=kept.keys, actor=kept.actor, now=kept.now)
    assert list(kept.keys.iterdir()) == []
    said = set(session.scalars(select(AuditEvent.action)))
    assert {"holder.made", "holder.ready", "share.given", "key.destroyed", "holder.key_destroyed"} <= said
    assert {it.state for it in session.scalars(select(BallotKey))} == {KeyState.DESTROYED}
    assert [it.state for it in holders.of_edition(session, kept.edition)] == [holders.State.OVER] * 3


@SQLITE
def test_a_backup_without_the_key_folder_holds_neither_key_nor_share(session: Work, tmp_path: Path) -> None:
    kept = Kept(session, tmp_path).voted()
    kept.give("hana", by_words=True)
    (key,) = giving.needed(session, kept.edition)
    private = {it: keys.from_words(" ".join(kept.words[it])) for it in NAMES}
    parts = [
        shares.take(kept.keys, share, own)
        for share, own in zip(shares.of_key(session, key), private.values(), strict=True)
    ]
    whole = bytes(keys.join(parts[:2], key.public_key)._private_key)
    secret = [whole, *parts, *(it.encode() for it in private.values())]
    written = [it.encode() for it in PASSPHRASES.values()] + [
        " ".join(it[:3]).encode() for it in kept.words.values()
    ]

    connection = session.connection().connection.dbapi_connection
    assert isinstance(connection, sqlite3.Connection)
    dump = "\n".join(connection.iterdump()).encode().lower()
    outside = [it for it in tmp_path.rglob("*") if it.is_file() and kept.keys not in it.parents]
    backup = [dump, *(it.read_bytes().lower() for it in outside)]
    assert any(
        bytes(session.scalars(select(Envelope.sealed)).all()[0] or b"").hex().encode() in it for it in backup
    )
    for needle in [it.hex().encode() for it in secret] + [it.lower() for it in (*secret, *written)]:
        assert not any(needle in it for it in backup)
    assert any(parts[0] in it.read_bytes() for it in kept.keys.iterdir()), (
        "the given one waits in the key folder"
    )


@SQLITE
def test_a_given_share_is_taken_back_lapses_and_belongs_to_the_box_as_it_was(
    session: Work, tmp_path: Path
) -> None:
    kept = Kept(session, tmp_path).voted()
    act = {"key_folder": kept.keys, "now": kept.now}
    kept.give("hana")
    assert len(kept.files("given")) == 1
    with pytest.raises(giving.NothingGiven):
        giving.take_back(session, kept.edition, kept.holder("hugo").account, actor=kept.holder("hugo"), **act)  # type: ignore[arg-type]
    giving.take_back(session, kept.edition, kept.holder("hana").account, actor=kept.holder("hana"), **act)  # type: ignore[arg-type]
    assert (kept.files("given"), approvals.all_waiting(session, kept.edition)) == ([], {})

    kept.give("hugo")
    kept.now += shares.LASTS
    assert giving.first(session, kept.edition, key_folder=kept.keys, now=kept.now) is None
    assert giving.lapse(session, key_folder=kept.keys, actor=kept.actor, now=kept.now) == 1
    assert (
        kept.files("given"),
        giving.lapse(session, key_folder=kept.keys, actor=kept.actor, now=kept.now),
    ) == ([], 0)

    kept.give("hana")
    strike(kept, "one")
    assert kept.give("hilda").closed is None, "the box changed: the second is the first of another opening"
    assert kept.give("hana").closed is not None


@SQLITE
def test_one_lost_share_hurts_nobody_and_two_are_the_vote_anew(session: Work, tmp_path: Path) -> None:
    kept = Kept(session, tmp_path).voted()
    act = {"actor": kept.organiser, "now": kept.now}
    lost = kept.holder("hana").account
    with pytest.raises(decisions.ReasonMissing):
        holders.lose(session, kept.edition, lost, reason=" ", **act)  # type: ignore[arg-type]
    holders.lose(session, kept.edition, lost, reason="Gone abroad", **act)  # type: ignore[arg-type]
    assert not voiding.lost(session, kept.edition, key_folder=kept.keys)
    with pytest.raises(holders.IsLost):
        kept.give("hana")

    secret = Secret(PASSPHRASES["hana"])
    holders.try_key(
        session, kept.edition, lost, secret, folder=kept.keys, actor=kept.holder("hana"), now=kept.now
    )
    assert kept.give("hana").closed is None, "what was lost is found again"

    for name in NAMES[:2]:
        who = kept.holder(name).account
        holders.lose(session, kept.edition, who, reason="Fire", **act)  # type: ignore[arg-type]
    assert voiding.lost(session, kept.edition, key_folder=kept.keys)
    made = voiding.propose(session, kept.edition, reason="Two shares burnt", key_folder=kept.keys, **act)  # type: ignore[arg-type]
    again = {"key_folder": kept.keys, "actor": kept.teller, "now": kept.now}
    with pytest.raises(HoldersMissing), session.begin_nested():
        voiding.approve(session, kept.edition, made.subject_sha256, **again)  # type: ignore[arg-type]
    kept.make_ready("hugo")
    assert voiding.lost(session, kept.edition, key_folder=kept.keys), (
        "a new key does not open the old envelopes"
    )


@SQLITE
def test_a_new_key_of_the_vote_anew_needs_nobody_present(session: Work, tmp_path: Path) -> None:
    kept = Kept(session, tmp_path).voted()
    act = {"actor": kept.organiser, "now": kept.now}
    for name in NAMES[:2]:
        holders.lose(session, kept.edition, kept.holder(name).account, reason="Fire", **act)  # type: ignore[arg-type]
    kept.make_ready("hugo")
    made = voiding.propose(session, kept.edition, reason="Two shares burnt", key_folder=kept.keys, **act)  # type: ignore[arg-type]
    again = {"key_folder": kept.keys, "actor": kept.teller, "now": kept.now}
    voiding.approve(session, kept.edition, made.subject_sha256, **again)  # type: ignore[arg-type]

    opened = [it for it in kept.elections() if it.state is ElectionState.OPEN]
    assert opened
    assert all(it.key.shared and len(shares.of_key(session, it.key)) == 2 for it in opened)


@SQLITE
def test_spoilt_envelopes_open_nothing_and_lead_to_the_vote_anew(session: Work, tmp_path: Path) -> None:
    kept = Kept(session, tmp_path).voted()
    spoil(kept, "four")
    act = {"key_folder": kept.keys, "now": kept.now}
    with pytest.raises(voiding.CanBeOpened):
        voiding.propose(session, kept.edition, reason="Unloved", actor=kept.organiser, **act)  # type: ignore[arg-type]
    kept.give("hana")
    found = kept.give("hugo")

    assert (found.closed, found.spoilt) == (None, ("services",))
    assert not session.scalars(select(Ballot)).all()
    assert kept.files("given") == []
    loss = voiding.look(session, kept.edition, key_folder=kept.keys)
    assert [it.category for it in loss.spoilt] == ["services"]
    act = {"key_folder": kept.keys, "now": kept.now}
    made = voiding.propose(session, kept.edition, reason="Spoilt", actor=kept.organiser, **act)  # type: ignore[arg-type]
    voiding.approve(session, kept.edition, made.subject_sha256, actor=kept.teller, **act)  # type: ignore[arg-type]
    states = {it.category: it.state for it in kept.elections() if it.number > 1}
    assert states == {"services": ElectionState.OPEN}
