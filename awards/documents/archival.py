"""A drawn PDF made fit to be kept: PDF/A-1b, tagged, titled; the same bytes for the same drawing.

Info and XMP say the same and hold no time; signing must leave both alone. The colour profile is sRGB.
"""

from __future__ import annotations

from io import BytesIO
from xml.sax.saxutils import escape

from pikepdf import Array, Dictionary, Name, Object, ObjectStreamMode, Page, Pdf, String

from awards.documents.colour import srgb
from awards.documents.structure import Element, Structure

CREATOR = PRODUCER = "Laurels"
COLOURS = 3

XMP = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/">
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/">
<pdfaid:part>1</pdfaid:part><pdfaid:conformance>B</pdfaid:conformance>
</rdf:Description>
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/">
<dc:format>application/pdf</dc:format>
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{title}</rdf:li></rdf:Alt></dc:title>
<dc:creator><rdf:Seq><rdf:li>{author}</rdf:li></rdf:Seq></dc:creator>
<dc:description><rdf:Alt><rdf:li xml:lang="x-default">{subject}</rdf:li></rdf:Alt></dc:description>
<dc:language><rdf:Bag><rdf:li>{language}</rdf:li></rdf:Bag></dc:language>
</rdf:Description>
<rdf:Description rdf:about="" xmlns:pdf="http://ns.adobe.com/pdf/1.3/">
<pdf:Keywords>{keywords}</pdf:Keywords><pdf:Producer>{producer}</pdf:Producer>
</rdf:Description>
<rdf:Description rdf:about="" xmlns:xmp="http://ns.adobe.com/xap/1.0/">
<xmp:CreatorTool>{creator}</xmp:CreatorTool>
</rdf:Description>
</rdf:RDF>
</x:xmpmeta>
<?xpacket end="r"?>
"""


def archive(
    pdf: bytes,
    *,
    title: str,
    author: str,
    subject: str,
    keywords: str,
    language: str,
    structure: Structure | None = None,
) -> bytes:
    """The drawing as PDF/A-1b, tagged by its `structure`. Its fonts must be embedded, its colours RGB, and nothing
    see-through. `language` is a tag such as `zh-Hans`; `keywords` bear the code of a certificate.
    """
    said = {"title": title, "author": author, "subject": subject, "keywords": keywords}
    with Pdf.open(BytesIO(pdf)) as document:
        _inform(document, said)
        document.Root.Lang = String(language)
        document.Root.ViewerPreferences = Dictionary(DisplayDocTitle=True)
        document.Root.Metadata = _packet(document, said, language)
        document.Root.OutputIntents = Array([_intent(document)])
        _settle_fonts(document)
        if structure is not None and structure.elements:
            _tag(document, structure.elements)
        written = BytesIO()
        document.save(
            written,
            force_version="1.4",
            fix_metadata_version=False,
            deterministic_id=True,
            object_stream_mode=ObjectStreamMode.disable,
            recompress_flate=False,
        )
    return written.getvalue()


def _inform(document: Pdf, said: dict[str, str]) -> None:
    info = document.docinfo
    for key in list(info.keys()):
        del info[key]
    for key, text in said.items():
        if text:
            info[Name(f"/{key.title()}")] = String(text)
    info.Creator, info.Producer = String(CREATOR), String(PRODUCER)


def _packet(document: Pdf, said: dict[str, str], language: str) -> Object:
    texts = {key: escape(text) for key, text in said.items()}
    packet = XMP.format(language=escape(language), producer=PRODUCER, creator=CREATOR, **texts)
    kept = [line for line in packet.splitlines(keepends=True) if not _says_nothing(line)]
    stream = document.make_stream("".join(kept).encode())
    stream.Type, stream.Subtype = Name.Metadata, Name.XML
    return stream


def _says_nothing(line: str) -> bool:
    return '><rdf:Alt><rdf:li xml:lang="x-default"></rdf:li>' in line or "<rdf:Seq><rdf:li></rdf:li>" in line


def _intent(document: Pdf) -> Object:
    profile = document.make_stream(srgb())
    profile.N = COLOURS
    return document.make_indirect(
        Dictionary(
            Type=Name.OutputIntent,
            S=Name.GTS_PDFA1,
            OutputConditionIdentifier=String("sRGB IEC61966-2.1"),
            Info=String("sRGB IEC61966-2.1"),
            DestOutputProfile=profile,
        )
    )


def _settle_fonts(document: Pdf) -> None:
    """A subset has an encoding of its own; one that is named besides contradicts it."""
    for page in document.pages:
        for font in page.resources.get(Name.Font, Dictionary()).values():
            if font.get(Name.Subtype) == Name.TrueType and Name.Encoding in font:
                del font[Name.Encoding]


def _tag(document: Pdf, elements: tuple[Element, ...]) -> None:
    root = document.make_indirect(Dictionary(Type=Name.StructTreeRoot))
    whole = document.make_indirect(Dictionary(Type=Name.StructElem, S=Name.Document, P=root))
    parents = Array()
    kids = Array()
    for index, page in enumerate(document.pages):
        made = [_element(document, page, whole, it) for it in elements if it.page == index]
        kids.extend(made)
        parents.append(index)
        parents.append(document.make_indirect(Array(made)))
        page.obj.StructParents = index
    whole.K = kids
    root.K = whole
    root.ParentTree = document.make_indirect(Dictionary(Nums=parents))
    root.ParentTreeNextKey = len(document.pages)
    document.Root.StructTreeRoot = root
    document.Root.MarkInfo = Dictionary(Marked=True)


def _element(document: Pdf, page: Page, parent: Object, element: Element) -> Object:
    made = Dictionary(
        Type=Name.StructElem, S=Name(f"/{element.role}"), P=parent, Pg=page.obj, K=element.number
    )
    if element.language:
        made.Lang = String(element.language)
    if element.alt:
        made.Alt = String(element.alt)
    return document.make_indirect(made)
