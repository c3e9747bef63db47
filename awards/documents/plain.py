"""A paper as plain text, to be copied from."""

from __future__ import annotations

from collections.abc import Iterator

from awards.documents.paper import Block, Facts, Heading, Paper, Words

RULES = {1: "=", 2: "-"}


def write_text(paper: Paper) -> bytes:
    """Headings, paragraphs and facts in UTF-8, with line ends for every system. Other blocks are left out."""
    parts = [paper.over, _ruled(paper.title, "=")]
    parts += [part for block in paper.blocks for part in _of(block)]
    text = "\n\n".join(part for part in (*parts, paper.foot) if part)
    return f"{text}\n".replace("\n", "\r\n").encode("utf-8-sig")


def _of(block: Block) -> Iterator[str]:
    if isinstance(block, Heading):
        yield _ruled(block.text, RULES[2] if block.level > 1 else RULES[1])
    elif isinstance(block, Words):
        yield block.text
    elif isinstance(block, Facts):
        yield "\n".join(f"{name}: {said}" for name, said in block.pairs)


def _ruled(text: str, sign: str) -> str:
    return f"{text}\n{sign * min(len(text), 60)}"
