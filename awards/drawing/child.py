"""The process that draws: one file in, its pages out, under limits that it can't lift. It imports nothing of ours.

For each page a line of JSON and the bytes of two pictures, written as they are made, so that those before a bad page
stay. Exit status: 0 for done, 1 for a file that can't be read, anything else for too much memory or time.
"""

from __future__ import annotations

import json
import resource
import sys
from collections.abc import Iterator
from io import BytesIO
from typing import IO, Any

import pypdfium2
from PIL import Image, ImageChops, ImageFile, ImageStat, UnidentifiedImageError

TALL = 2
"""A page is at most so many times as high as it is wide; a longer one is made narrower."""
STEPS = ((1, (80, 50)), (0.75, (65, 40)), (0.5, (50, 25)), (0.35, (20,)))
"""How much smaller a picture is made, and in which qualities it is then tried."""
COLOURS = (16, 8)
HARDLY_SEEN = 3
"""How much the colours of a page change on average, of 255, when it is kept in few of them."""
MOST_PIXELS = 40_000_000


def limit(seconds: int, memory: int, output: int) -> None:
    """Take away what the process doesn't need: memory, time, other files, new processes."""
    for what, most in (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_FSIZE, output),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, 16),
    ):
        resource.setrlimit(what, (most, most))


def pages_of(
    content: bytes, media_type: str, most: int, width: int
) -> Iterator[tuple[int, Image.Image | None]]:
    """How many pages there are, and each with its number as a picture of that width; None where it can't be drawn."""
    if media_type != "application/pdf":
        yield 1, None
        yield 1, _opened(content, width)
        return
    document = pypdfium2.PdfDocument(content)
    yield len(document), None
    for number in range(min(len(document), most)):
        try:
            yield number + 1, _rendered(document, number, width)
        except (pypdfium2.PdfiumError, ValueError):
            continue


def _opened(content: bytes, width: int) -> Image.Image:
    Image.MAX_IMAGE_PIXELS = MOST_PIXELS
    image: ImageFile.ImageFile = Image.open(BytesIO(content), formats=("JPEG", "PNG"))
    if image.size[0] * image.size[1] > MOST_PIXELS:
        raise ValueError("too many pixels")
    image.draft("RGB", (width, width * TALL))
    image.thumbnail((width, width * TALL))
    return _on_white(image)


def _rendered(document: pypdfium2.PdfDocument, number: int, width: int) -> Image.Image:
    page = document[number]
    try:
        across, down = page.get_size()
        if not across > 0 or not down > 0:
            raise ValueError("a page without area")
        scale = min(width / across, width * TALL / down)
        drawn = page.render(scale=scale, may_draw_forms=False, rev_byteorder=True)
        try:
            return _on_white(drawn.to_pil())
        finally:
            drawn.close()
    finally:
        page.close()


def _on_white(image: Image.Image) -> Image.Image:
    """A copy of the pixels alone, without anything that was written beside them, nor seen through."""
    if "transparency" in image.info or image.mode in ("LA", "PA", "RGBA", "RGBa"):
        image = image.convert("RGBA")
        ground = Image.new("RGB", image.size, "white")
        ground.paste(image, mask=image.getchannel("A"))
        return ground
    bare = image.convert("RGB").copy()
    bare.info = {}
    return bare


def written(image: Image.Image, ceiling: int, *, faithful: bool = False) -> tuple[Image.Image, bytes]:
    """A picture as WebP of at most so many bytes, and as it then is: text sharp in few colours, all else as a photo.

    What is too large gets less quality first, and then smaller.
    """
    content = b""
    for part, qualities in STEPS:
        size = (max(round(image.width * part), 1), max(round(image.height * part), 1))
        made = image if part == 1 else image.resize(size, Image.Resampling.LANCZOS)
        for flat in (made,) if faithful else _flat(made):
            content = _saved(flat, lossless=True, quality=50, method=2)
            if len(content) <= ceiling:
                return made, content
        for quality in qualities:
            content = _saved(made, quality=quality, method=2)
            if len(content) <= ceiling:
                return made, content
    return made, content


def _flat(image: Image.Image) -> Iterator[Image.Image]:
    """The picture in few colours, as far as that is hardly seen."""
    for colours in COLOURS:
        few = image.quantize(colours, dither=Image.Dither.NONE).convert("RGB")
        if max(ImageStat.Stat(ImageChops.difference(image, few)).mean) > HARDLY_SEEN:
            return
        yield few


def _saved(image: Image.Image, **how: Any) -> bytes:
    target = BytesIO()
    image.save(target, "WEBP", **how)
    return target.getvalue()


def put(out: IO[bytes], page: int, image: Image.Image, asked: dict[str, Any]) -> None:
    """Write one page, large and small."""
    widths, ceilings, faithful = asked["widths"], asked["ceilings"], asked["faithful"]
    made, large = written(image, ceilings[0], faithful=faithful)
    small = b""
    if made.width > widths[1]:
        little = made.resize(
            (widths[1], max(round(made.height * widths[1] / made.width), 1)), Image.Resampling.LANCZOS
        )
        small = written(little, ceilings[1], faithful=faithful)[1]
    head = {
        "page": page,
        "width": made.width,
        "height": made.height,
        "large": len(large),
        "small": len(small),
    }
    out.write(json.dumps(head).encode() + b"\n" + large + small)
    out.flush()


def draw(content: bytes, asked: dict[str, Any], out: IO[bytes]) -> None:
    """Write every page of a file that can be drawn."""
    found = pages_of(content, asked["media_type"], asked["most"], asked["widths"][0])
    out.write(json.dumps({"pages": next(found)[0]}).encode() + b"\n")
    for page, image in found:
        if image is not None:
            put(out, page, image, asked)


def main() -> int:
    asked = json.loads(sys.argv[1])
    limit(asked["seconds"], asked["memory"], asked["output"])
    try:
        draw(sys.stdin.buffer.read(), asked, sys.stdout.buffer)
    except MemoryError:
        return 2
    except (pypdfium2.PdfiumError, UnidentifiedImageError, ValueError, SyntaxError, OSError):
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
