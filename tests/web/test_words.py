"""What is typed into forms, as it is kept."""

from awards.web import words
from awards.web.public import feeds


def test_a_line_is_kept_without_what_breaks_it_or_no_database_keeps() -> None:
    assert words.tidy(" a\r\nb\0c\ud800\td ") == "a b c d"
    assert words.tidy(None) == ""


def test_a_text_keeps_its_lines_ended_in_one_way() -> None:
    assert words.tidy_text(" a\r\n\r\nb\rc\0\ud800\td ") == "a\n\nb\nc\td"
    assert words.tidy_text(None) == ""


def test_a_feed_leaves_out_what_xml_has_no_place_for() -> None:
    assert feeds.FORBIDDEN.sub("", "a\x0bb\x1b\ufffe é 축\n\U0001f389") == "ab é 축\n\U0001f389"
