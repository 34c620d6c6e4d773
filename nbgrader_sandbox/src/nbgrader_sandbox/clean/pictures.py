"""Pictures from a student: really decoded, and written anew, so that nothing else rides along."""

import base64
import binascii
import io
import re
import warnings

from nbgrader_sandbox.clean.allowance import Allowance
from nbgrader_sandbox.clean.plain import add_note

#: The most that one picture may hold, in bytes as it came and in pixels.
BYTES = 2 * 2**20
PIXELS = 10_000_000
SIDE = 8000

#: Scans of one JPEG: each takes as long as a picture and a few bytes. Cameras write ten.
SCANS = 100
_SCAN = b"\xff\xda"  # nowhere else in a JPEG's data, which has a zero after each 0xff

_FORMATS = {"image/png": "PNG", "image/jpeg": "JPEG"}
_DATA = re.compile(r"data:(?P<kind>image/(?:png|jpeg));base64,(?P<data>[A-Za-z0-9+/=\s%]*)")


def clean_picture(
    data: object, kind: str, notes: list[str], allowance: Allowance | None = None
) -> str | None:
    """Return a PNG or JPEG picture, in base64, or None where it is none or is too large.

    Its pixels, as many as `allowance` has left, are decoded and encoded again: comments,
    profiles, further frames and whatever else stood in the file are gone.
    """
    form = _FORMATS.get(kind)
    if form is None or not isinstance(data, str):
        add_note(notes, "removed a picture of a kind that is not shown")
        return None
    if len(data) > 2 * BYTES:
        add_note(notes, f"removed a picture of more than {BYTES} bytes")
        return None
    try:
        raw = base64.b64decode("".join(data.split()), validate=True)
    except (binascii.Error, ValueError):
        add_note(notes, "removed a picture that is not base64")
        return None
    if len(raw) > BYTES:
        add_note(notes, f"removed a picture of more than {BYTES} bytes")
        return None
    written = _again(raw, form, notes, allowance or Allowance())
    return None if written is None else base64.b64encode(written).decode()


def clean_data_address(
    address: str, notes: list[str], allowance: Allowance | None = None
) -> str | None:
    """Return a `data:` address of a picture with the picture cleaned, or None."""
    match = _DATA.fullmatch(address)
    if match is None:
        add_note(notes, "removed an embedded file that is no picture")
        return None
    cleaned = clean_picture(match["data"], match["kind"], notes, allowance)
    return None if cleaned is None else f"data:{match['kind']};base64,{cleaned}"


def _again(raw: bytes, form: str, notes: list[str], allowance: Allowance) -> bytes | None:
    from PIL import Image

    if form == "JPEG" and raw.count(_SCAN) > SCANS:
        add_note(notes, f"removed a picture of more than {SCANS} scans")
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")  # one of Pillow's is about decompression bombs
            with Image.open(io.BytesIO(raw), formats=[form]) as image:
                width, height = image.size  # from the header, before anything is decoded
                if width * height > PIXELS or max(width, height) > SIDE:
                    add_note(notes, f"removed a picture of {width} × {height} pixels")
                    return None
                allowance.pixels -= width * height
                if allowance.pixels < 0:
                    add_note(notes, "removed pictures of too many pixels in sum")
                    return None
                image.load()
                modes = ("L", "RGB") if form == "JPEG" else ("1", "L", "LA", "P", "RGB", "RGBA")
                plain = image if image.mode in modes else image.convert(modes[-1])
                transparent = image.info.get("transparency") if form == "PNG" else None
                plain.info = {} if transparent is None else {"transparency": transparent}
                written = io.BytesIO()
                if form == "PNG":
                    plain.save(written, "PNG")
                else:
                    plain.save(written, "JPEG", quality=90)
    # A decoder that is fed by an attacker may raise anything; a picture that fails is no picture.
    except Exception:
        add_note(notes, "removed a picture that cannot be decoded")
        return None
    return written.getvalue()
