"""What is typed into forms, as it is kept."""

from awards.web import words


def test_a_line_is_kept_without_what_breaks_it_or_no_database_keeps() -> None:
    assert words.tidy(" a\r\nb\0c\ud800\td ") == "a b c d"
    assert words.tidy(None) == ""


def test_a_text_keeps_its_lines_ended_in_one_way() -> None:
    assert words.tidy_text(" a\r\n\r\nb\rc\0\ud800\td ") == "a\n\nb\nc\td"
    assert words.tidy_text(None) == ""
