"""Texts: every wording in every language, each change a version, and two people never overwrite each other unseen."""

from collections.abc import Mapping

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session

from awards import decisions, editions, texts
from awards.audit import Actor
from awards.config import ROOT
from awards.models import AuditEvent, Edition, TextsDocument
from judging import programme
from tests.awards.builders import NOW, edition_of, operator
from tests.awards.desks import organiser

Work = scoped_session[Session]

SHELF = ROOT / "seed" / "programmes"
NAME = ("categories", "services", "name")
OTHER = ("categories", "mobility", "name")
HONOURS = ("honours",)


@pytest.fixture
def edition(session: Work) -> Edition:
    return edition_of(session, operator(session))


@pytest.fixture
def actor(session: Work, edition: Edition) -> Actor:
    return organiser(session, edition)


def change(
    session: Work,
    edition: Edition,
    actor: Actor,
    said: Mapping[texts.Path, str],
    *,
    base: int = 1,
    reason: str = "Clearer",
) -> TextsDocument | None:
    typed = {(path, "en"): text for path, text in said.items()}
    return texts.change(session(), edition, typed, base=base, reason=reason, actor=actor, now=NOW)


def shown(session: Work, edition: Edition, path: texts.Path) -> str:
    return texts.wordings(editions.texts_of(session(), edition))[path]["en"]


def test_a_change_is_a_new_version_with_who_and_why(session: Work, edition: Edition, actor: Actor) -> None:
    made = change(session, edition, actor, {NAME: "Public services"})

    assert made is not None
    assert (made.version, made.reason, made.by_id) == (2, "Clearer", actor.account.id)
    assert shown(session, edition, NAME) == "Public services"
    assert shown(session, edition, OTHER) == "Mobility"
    assert session.scalars(select(AuditEvent).where(AuditEvent.action == "texts.changed")).one()


def test_a_stale_edit_keeps_both_texts(session: Work, edition: Edition, actor: Actor) -> None:
    change(session, edition, actor, {NAME: "Public services"})

    with pytest.raises(texts.TextChanged) as caught:
        change(session, edition, actor, {NAME: "Services to people"}, base=1)

    assert caught.value.clashes == (texts.Edit(NAME, "en", "Public services", "Services to people"),)
    assert shown(session, edition, NAME) == "Public services"


def test_a_stale_edit_of_another_text_is_taken_and_undoes_nothing(
    session: Work, edition: Edition, actor: Actor
) -> None:
    change(session, edition, actor, {NAME: "Public services"})

    change(session, edition, actor, {NAME: "Services", OTHER: "Moving about"}, base=1)

    assert shown(session, edition, NAME) == "Public services"
    assert shown(session, edition, OTHER) == "Moving about"


def test_what_both_have_written_alike_is_no_clash(session: Work, edition: Edition, actor: Actor) -> None:
    change(session, edition, actor, {NAME: "Public services"})

    assert change(session, edition, actor, {NAME: "Public services"}, base=1) is None


def test_nothing_is_no_version(session: Work, edition: Edition, actor: Actor) -> None:
    assert change(session, edition, actor, {NAME: "Services"}, reason="") is None


def test_a_name_is_not_taken_away(session: Work, edition: Edition, actor: Actor) -> None:
    with pytest.raises(texts.TextMissing):
        change(session, edition, actor, {NAME: ""})


def test_a_change_needs_a_reason(session: Work, edition: Edition, actor: Actor) -> None:
    with pytest.raises(decisions.ReasonMissing):
        change(session, edition, actor, {NAME: "Public services"}, reason="")


def test_a_text_that_is_not_there_is_not_made(session: Work, edition: Edition, actor: Actor) -> None:
    with pytest.raises(texts.NoSuchText):
        change(session, edition, actor, {("categories", "nowhere", "name"): "Nowhere"})


def test_a_text_has_a_length(session: Work, edition: Edition, actor: Actor) -> None:
    with pytest.raises(texts.TextTooLong):
        change(session, edition, actor, {HONOURS: "x" * 5001})


def test_an_earlier_version_is_shown_again_as_a_new_one(
    session: Work, edition: Edition, actor: Actor
) -> None:
    change(session, edition, actor, {NAME: "Public services"})

    restored = texts.restore(session(), edition, 1, base=2, reason="Better", actor=actor, now=NOW)

    assert restored is not None
    assert (restored.version, shown(session, edition, NAME)) == (3, "Services")
    assert [it.version for it in texts.versions(session(), edition)] == [3, 2, 1]


def test_going_back_over_a_change_that_nobody_has_seen_is_refused(
    session: Work, edition: Edition, actor: Actor
) -> None:
    change(session, edition, actor, {NAME: "Public services"})
    change(session, edition, actor, {OTHER: "Moving about"}, base=2)

    with pytest.raises(texts.TextChanged):
        texts.restore(session(), edition, 1, base=2, reason="Better", actor=actor, now=NOW)


def test_what_is_missing_in_a_language_is_listed() -> None:
    document = {
        "name": {"en": "Awards", "ko": ""},
        "categories": {"a": {"name": {"en": "A", "ko": "가"}, "text": {"en": "Of a."}}},
        "signatories": [{"name": {}, "office": {"en": "Chair", "ko": "의장"}}],
    }

    assert texts.missing(document, ("en", "ko")) == (
        (("name",), "ko"),
        (("categories", "a", "text"), "ko"),
    )


def test_parts_of_contacts_without_a_name_of_their_own_are_not_missing() -> None:
    columns = {"name": {"name": {}}, "office": {"name": {"en": "Post"}}, "cost": {"name": {}}}
    document = {"fields": {"head": {"name": {"en": "Head"}, "columns": columns}}}

    assert texts.missing(document, ("en",)) == ((("fields", "head", "columns", "cost", "name"), "en"),)
    assert (("fields", "head", "columns", "office", "name"), "ko") in texts.missing(document, ("en", "ko"))
    for file in SHELF.glob("*.toml"):
        read = programme.read(file.read_text(encoding="utf-8"))
        assert texts.missing(read.texts, ("en", "ko")) == (), file.name


def test_a_category_may_be_called_like_a_wording() -> None:
    document = {"categories": {"name": {"name": {"en": "Name"}, "text": {}}}}

    assert list(texts.wordings(document)) == [
        ("categories", "name", "name"),
        ("categories", "name", "text"),
    ]


def test_each_thing_has_its_page() -> None:
    paths = [("name",), ("signatories", "1", "office"), ("fields", "stage", "options", "pilot", "name")]

    assert [texts.thing_of(path) for path in paths] == ["programme", "signatories", "fields.stage"]


def test_an_edition_in_which_nobody_signs_is_given_one_who_does(
    session: Work, edition: Edition, actor: Actor
) -> None:
    """The vote opens only when somebody signs, so it must not take a new file."""
    who, office = (("signatories", "1", piece) for piece in ("name", "office"))
    before = editions.texts_of(session(), edition)
    assert (before["signatories"], texts.missing(before, ("en",))) == ([], ())

    change(session, edition, actor, {who: "Pia Example"})
    change(session, edition, actor, {office: "President"}, base=2)

    now = editions.texts_of(session(), edition)
    assert now["signatories"] == [{"name": {"en": "Pia Example"}, "office": {"en": "President"}}]
    assert texts.keep_wording(now, before)["signatories"] == now["signatories"]
