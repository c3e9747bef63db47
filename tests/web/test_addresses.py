"""Keys of categories and editions stand in addresses: none is a word that an address of the site's own has there."""

import pytest
from flask import Flask

from awards.config import LANGUAGES
from awards.programmes import BadEditionKey, check_key
from judging.programme import ADDRESSES, ProgrammeInvalid, read
from judging.reading import MistakeKind
from tests.awards.play import programme

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


def beside(app: Flask, placeholder: str) -> set[str]:
    """The words that stand in some address where another has the placeholder."""
    rules = [it.rule for it in app.url_map.iter_rules()]
    before = {it.partition(placeholder)[0] for it in rules if placeholder in it}
    found = {
        it.removeprefix(start).partition("/")[0] for it in rules for start in before if it.startswith(start)
    }
    return {it for it in found if it and "<" not in it and "." not in it}


def test_no_category_has_the_address_of_another_page(app: Flask) -> None:
    assert beside(app, "<category>") - set(ADDRESSES) == set()
    for key in ADDRESSES:
        with pytest.raises(ProgrammeInvalid) as refused:
            read(programme().replace('key = "services"\nname', f'key = "{key}"\nname'))
        assert MistakeKind.RESERVED in {it.kind for it in refused.value.mistakes}, key


def test_no_edition_has_the_address_of_another_page(app: Flask) -> None:
    own = beside(app, "<edition>") | {*LANGUAGES}
    assert {"vote", "hall", "delegation", "archive"} <= own
    for key in own:
        with pytest.raises(BadEditionKey):
            check_key(key)
