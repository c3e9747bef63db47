"""Pictures are decoded and made anew: what isn't picture, such as the place where it was taken, stays behind."""

from __future__ import annotations

import zipfile
from contextlib import suppress
from io import BytesIO

from PIL import Image, ImageCms, ImageFile, ImageOps
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile

from awards.uploads.kinds import LIVE
from awards.uploads.values import MOST_PIXELS, SUFFIXES, Accepted, Kind, Refusal, UploadRefused

LONGEST_EDGE = 6000
SMALL_EDGE = 480
QUALITY = 88


def remake(name: str, kind: Kind, content: bytes) -> Accepted:
    """The picture alone, upright, in sRGB. Raises UploadRefused; whatever else it raises means a broken file."""
    with _opened(kind, content) as found:
        width, height = found.size
        if width * height > MOST_PIXELS:
            raise UploadRefused(Refusal.TOO_MANY_PIXELS, limit=MOST_PIXELS, found=width * height)
    if zipfile.is_zipfile(BytesIO(content)) or LIVE.search(_behind(kind, content)):
        raise UploadRefused(Refusal.POLYGLOT, found=kind)
    if kind is Kind.PNG:
        with _opened(kind, content) as found:
            found.verify()
    with _opened(kind, content) as found:
        found.load()
        image = _bare(found, with_alpha=kind is Kind.PNG)
    image.thumbnail((LONGEST_EDGE, LONGEST_EDGE))
    media_type, suffix = SUFFIXES[kind]
    return Accepted(name, media_type, suffix, _written(image, kind), *image.size, _small(image))


def _opened(kind: Kind, content: bytes) -> ImageFile.ImageFile:
    """The reader of one format, so that no other is tried; it has read the size and not yet the pixels."""
    return (JpegImageFile if kind is Kind.JPEG else PngImageFile)(BytesIO(content))


def _behind(kind: Kind, content: bytes) -> bytes:
    """What follows the end of the picture."""
    mark = b"\xff\xd9" if kind is Kind.JPEG else b"IEND\xaeB`\x82"
    place = content.rfind(mark)
    return content[place + len(mark) :] if place >= 0 else b""


def _bare(found: ImageFile.ImageFile, *, with_alpha: bool) -> Image.Image:
    """The first frame, turned as it was held, in sRGB, without anything that was written beside the pixels."""
    profile, image = found.info.get("icc_profile"), ImageOps.exif_transpose(found)
    if image.mode.startswith("I;16") or image.mode in ("I", "F"):
        image = image.convert("I").point(lambda value: value / 256).convert("L")
    see_through = with_alpha and ("transparency" in image.info or image.mode in ("LA", "PA", "RGBA", "RGBa"))
    mode = "RGBA" if see_through else "L" if image.mode in ("1", "L") else "RGB"
    if profile and image.mode in ("RGB", "RGBA", "CMYK"):
        with suppress(ImageCms.PyCMSError, OSError, ValueError):
            image = _in_srgb(image, profile, mode)
    image = image.convert(mode) if image.mode != mode else image.copy()
    image.info = {}
    return image


def _in_srgb(image: Image.Image, profile: bytes, mode: str) -> Image.Image:
    own = ImageCms.ImageCmsProfile(BytesIO(profile))
    turned = ImageCms.profileToProfile(image, own, ImageCms.createProfile("sRGB"), outputMode=mode)
    return turned or image


def _written(image: Image.Image, kind: Kind) -> bytes:
    target = BytesIO()
    if kind is Kind.JPEG:
        image.save(target, "JPEG", quality=QUALITY, optimize=True, progressive=True)
    else:
        image.save(target, "PNG")
    return target.getvalue()


def _small(image: Image.Image) -> bytes:
    """A small JPEG for lists, on white where the picture can be seen through."""
    little = image.copy()
    little.thumbnail((SMALL_EDGE, SMALL_EDGE))
    if little.mode == "RGBA":
        ground = Image.new("RGB", little.size, "white")
        ground.paste(little, mask=little.getchannel("A"))
        little = ground
    target = BytesIO()
    little.save(target, "JPEG", quality=80)
    return target.getvalue()
