"""Lines of text in every script that we have letters for: measured, broken and drawn as their readers expect.

Texts are said as they are spoken, first letter first. `language` is that of the text, as "ar" or "zh": it settles the
direction of a line that has none of its own, and whose shape an ideograph takes. Sizes are points; y points up.
"""

from awards.documents.lettering.breaking import TIE, UNSPACED, chunks, clusters
from awards.documents.lettering.direction import is_rtl
from awards.documents.lettering.faces import Face, draws, plain, settle, unprintable
from awards.documents.lettering.fonts import unpack
from awards.documents.lettering.writing import PLAIN, width, write

__all__ = [
    "PLAIN",
    "TIE",
    "UNSPACED",
    "Face",
    "chunks",
    "clusters",
    "draws",
    "is_rtl",
    "plain",
    "settle",
    "unpack",
    "unprintable",
    "width",
    "write",
]
