"""The file of a record: what is written, and what is refused before anything in it is believed."""

import hashlib
import io
import json
import struct
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from judging import record
from judging.record import Damage, RecordDamaged, read_bytes
from tests.judging.records import Case, changed, packed, unpacked

SOUND = Case().written()
OUTCOME = unpacked(SOUND)["outcome.json"]


def read_all(content: bytes, **options: str) -> None:
    found = read_bytes(content, **options)
    for name in record.DOCUMENTS:
        found.document(name)
    for name in record.LINES:
        list(found.lines(name))


def damage(content: bytes, **options: str) -> tuple[Damage, str]:
    """What is wrong with a file, and in which part."""
    with pytest.raises(RecordDamaged) as refused:
        read_all(content, **options)
    return refused.value.damage, refused.value.part


def test_a_record_has_eleven_parts_and_a_manifest_of_their_hashes() -> None:
    parts = unpacked(SOUND)

    assert set(parts) == {*record.PARTS, record.MANIFEST}
    assert json.loads(parts.pop(record.MANIFEST)) == {
        name: hashlib.sha256(content).hexdigest() for name, content in parts.items()
    }


def test_the_same_content_gives_the_same_bytes() -> None:
    assert Case().written() == SOUND


def test_every_part_is_canonical() -> None:
    for name, content in unpacked(SOUND).items():
        values = (
            [json.loads(line) for line in content.splitlines()]
            if name in record.LINES
            else [json.loads(content)]
        )
        end = b"\n" if name in record.LINES else b""

        assert content == b"".join(record.canonical(value) + end for value in values)


def test_what_was_written_is_read_again() -> None:
    parts = Case().parts()

    found = read_bytes(parts.written())

    assert {name: found.document(name) for name in record.DOCUMENTS} == parts.documents
    assert {name: list(found.lines(name)) for name in record.LINES} == parts.lines


def test_the_writer_names_the_record_by_its_manifest() -> None:
    parts, target = Case().parts(), io.BytesIO()

    name = record.write(target, parts.documents, parts.lines)

    assert name == hashlib.sha256(unpacked(target.getvalue())[record.MANIFEST]).hexdigest()
    assert read_bytes(target.getvalue(), manifest_sha256=f" {name.upper()}\n").manifest_sha256 == name


def test_a_record_is_not_written_without_all_its_parts() -> None:
    parts = Case().parts()

    with pytest.raises(ValueError, match="every part"):
        record.write(io.BytesIO(), {}, parts.lines)
    with pytest.raises(ValueError, match="every part"):
        record.write(io.BytesIO(), parts.documents, parts.lines | {"more.jsonl": []})


def test_what_no_reader_would_take_is_not_written(monkeypatch: pytest.MonkeyPatch) -> None:
    parts = Case().parts()
    monkeypatch.setattr(record, "LARGEST_LINE", 20)

    with pytest.raises(ValueError, match="more than 19"):
        parts.written()


def test_another_manifest_than_the_published_one_is_refused() -> None:
    assert damage(SOUND, manifest_sha256="0" * 64) == (Damage.OTHER_MANIFEST, "manifest.json")


@pytest.mark.parametrize(
    "content", [b"", b"no archive", SOUND[:-30], SOUND[:100], b"PK\x05\x06" + b"\0" * 10]
)
def test_what_is_no_zip_is_refused(content: bytes) -> None:
    assert damage(content) == (Damage.NOT_A_ZIP, "")


@pytest.mark.parametrize("name", [*record.PARTS, record.MANIFEST])
def test_a_missing_part_is_named(name: str) -> None:
    parts = unpacked(SOUND)
    del parts[name]

    assert damage(packed(parts)) == (Damage.PART_MISSING, name)


@pytest.mark.parametrize(
    "name",
    ["more.json", "../rules.json", "/etc/rules.json", "parts/rules.json", "parts/", "rules.json ", "C:rules"],
)
def test_a_part_that_does_not_belong_is_refused_wherever_it_points(name: str) -> None:
    assert damage(packed(unpacked(SOUND) | {name: b"{}"})) == (Damage.UNEXPECTED_PART, name)


def test_a_name_that_ends_early_is_refused() -> None:
    content = packed(unpacked(SOUND)).replace(b"rules.json", b"rules.js\0n")

    assert damage(content) == (Damage.UNEXPECTED_PART, "rules.js")


def test_a_part_hidden_behind_a_null_is_refused() -> None:
    parts = unpacked(SOUND)
    parts["rules.json?.txt"] = parts.pop("rules.json")

    assert damage(packed(parts).replace(b"rules.json?", b"rules.json\0")) == (
        Damage.UNEXPECTED_PART,
        "rules.json",
    )


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_part_that_stands_twice_is_refused() -> None:
    target = io.BytesIO(SOUND)
    with zipfile.ZipFile(target, "a") as archive:
        archive.writestr("outcome.json", b"{}")

    assert damage(target.getvalue()) == (Damage.PART_TWICE, "outcome.json")


@pytest.mark.parametrize("packing", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_odd_packing_is_refused(packing: int) -> None:
    assert damage(packed(unpacked(SOUND), packing))[0] is Damage.ODDLY_PACKED


def test_parts_that_are_only_stored_are_read() -> None:
    assert read_bytes(packed(unpacked(SOUND), zipfile.ZIP_STORED)).document("texts.json") == {}


def central_entry(content: bytes, name: str) -> int:
    """Where the entry of a part begins in the table at the end of a ZIP."""
    return content.rindex(b"PK\x01\x02", 0, content.rindex(name.encode()))


@pytest.mark.parametrize(
    ("bit", "found"), [(0x1, Damage.ODDLY_PACKED), (0x20, Damage.UNREADABLE), (0x40, Damage.UNREADABLE)]
)
def test_an_encrypted_or_patched_part_is_refused(bit: int, found: Damage) -> None:
    content = bytearray(SOUND)
    content[central_entry(SOUND, "rules.json") + 8] |= bit

    assert damage(bytes(content)) == (found, "rules.json")


def with_sizes(name: str, *, packed_as: int | None = None, unpacked_as: int | None = None) -> bytes:
    """A record whose table of parts states other sizes for one of them."""
    content = bytearray(packed(unpacked(SOUND)))
    entry = central_entry(bytes(content), name)
    for offset, size in ((20, packed_as), (24, unpacked_as)):
        if size is not None:
            struct.pack_into("<I", content, entry + offset, size)
    return bytes(content)


def test_a_part_that_would_unpack_to_gigabytes_is_refused_unread() -> None:
    assert damage(with_sizes("ballots.jsonl", unpacked_as=3 * 1024**3)) == (Damage.TOO_LARGE, "ballots.jsonl")


def test_a_part_packed_too_tight_is_refused_unread() -> None:
    content = with_sizes("ballots.jsonl", unpacked_as=300 * 1024**2)

    assert damage(content) == (Damage.PACKED_TOO_TIGHT, "ballots.jsonl")


def test_a_part_that_is_larger_than_stated_is_refused() -> None:
    real = len(unpacked(SOUND)["ballots.jsonl"])

    assert damage(with_sizes("ballots.jsonl", unpacked_as=real - 1)) == (Damage.UNREADABLE, "ballots.jsonl")


def test_parts_that_claim_more_bytes_than_the_file_has_are_refused() -> None:
    assert damage(with_sizes("ballots.jsonl", packed_as=10**7)) == (Damage.ODDLY_PACKED, "")


def test_a_bomb_of_zeros_is_refused() -> None:
    assert damage(changed(SOUND, "outcome.json", bytes(65 * 1024**2))) == (Damage.TOO_LARGE, "outcome.json")
    assert damage(changed(SOUND, "sheets.jsonl", bytes(17 * 1024**2))) == (Damage.TOO_LARGE, "sheets.jsonl")
    assert damage(changed(SOUND, "sheets.jsonl", b"\n" * 1024**2)) == (Damage.NOT_JSON, "sheets.jsonl")


def test_a_huge_manifest_is_refused() -> None:
    parts = unpacked(SOUND) | {record.MANIFEST: bytes(2 * 1024**2)}

    assert damage(packed(parts)) == (Damage.TOO_LARGE, record.MANIFEST)


@pytest.mark.parametrize("name", record.PARTS)
def test_a_part_with_another_hash_is_named(name: str) -> None:
    content = unpacked(SOUND)[name] + b" "

    assert damage(changed(SOUND, name, content, hashed_again=False)) == (Damage.OTHER_HASH, name)


@pytest.mark.parametrize(
    "manifest", [b"[]", b"{}", b'{"rules.json":"00"}', record.canonical(dict.fromkeys(record.PARTS))]
)
def test_a_manifest_names_every_part_and_its_hash(manifest: bytes) -> None:
    found, _ = damage(packed(unpacked(SOUND) | {record.MANIFEST: manifest}))

    assert found in {Damage.NOT_THE_FORM, Damage.OTHER_HASH}


@pytest.mark.parametrize(
    "part",
    [
        b"",
        b"{",
        b"\xff",
        b"\xef\xbb\xbf{}",
        b'{"a":1.5}',
        b'{"a":1e3}',
        b'{"a":NaN}',
        b'{"a":Infinity}',
        b'{"a":1,"a":2}',
        b'{"a":"\\ud800"}',
        b'{"a":' + b"9" * 5000 + b"}",
        b"[" * 5000 + b"]" * 5000,
        b"{} {}",
    ],
)
@pytest.mark.parametrize("name", ["outcome.json", "sheets.jsonl"])
def test_what_is_no_exact_json_is_refused(name: str, part: bytes) -> None:
    if part or name == "outcome.json":
        assert damage(changed(SOUND, name, part)) == (Damage.NOT_JSON, name)


def test_escapes_are_no_mistake() -> None:
    content = changed(SOUND, "texts.json", b'{"name":"\\ud55c\\u00e9\\ud83d\\ude00"}')

    assert read_bytes(content).document("texts.json") == {"name": "한é😀"}


def test_every_line_is_an_object() -> None:
    assert damage(changed(SOUND, "sheets.jsonl", b"[]\n")) == (Damage.NOT_THE_FORM, "sheets.jsonl")


@given(st.integers(0, len(SOUND) - 1))
def test_a_truncated_record_is_refused(length: int) -> None:
    damage(SOUND[:length])


@given(st.integers(0, len(SOUND) - 1), st.integers(1, 255))
def test_a_flipped_byte_is_found_or_changes_no_part(place: int, flip: int) -> None:
    content = bytearray(SOUND)
    content[place] ^= flip

    try:
        found = read_bytes(bytes(content))
    except RecordDamaged:
        return

    assert {name: found.archive.read(name) for name in unpacked(SOUND)} == unpacked(SOUND)


@pytest.mark.audit
def test_every_flipped_byte_is_found_or_changes_no_part() -> None:
    for place in range(len(SOUND)):
        for flip in (0x01, 0x80, 0xFF):
            content = bytearray(SOUND)
            content[place] ^= flip
            try:
                found = read_bytes(bytes(content))
            except RecordDamaged:
                continue
            assert {name: found.archive.read(name) for name in unpacked(SOUND)} == unpacked(SOUND)


def test_an_offset_beyond_any_file_is_refused() -> None:
    """ZIP64 lets a part begin at a place that no file has."""
    content = bytearray(packed(unpacked(SOUND)))
    entry = central_entry(bytes(content), "rules.json")
    struct.pack_into("<I", content, entry + 42, 0xFFFFFFFE)

    assert damage(bytes(content)) == (Damage.UNREADABLE, "rules.json")
