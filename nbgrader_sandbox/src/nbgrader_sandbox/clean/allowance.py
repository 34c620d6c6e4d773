"""What one notebook may hold and cost in sum, beside what each of its cells may.

Each cell within its own bounds, five hundred cells together would still make a page of gigabytes,
or keep the grader at work for hours.
"""

import re
from dataclasses import dataclass

#: What can begin or part an attribute, as many as one tag may have: parsers take quadratic time.
_PARTS = re.compile(r"\s+|[/\"']")
PARTS_OF_A_TAG = 30_000


@dataclass
class Allowance:
    """What is left of a notebook's share.

    Attributes:
        text: bytes of text in outputs.
        pictures: bytes of pictures in outputs, or in attachments, in base64.
        pixels: pixels to be decoded.
        tags: elements of HTML and SVG to be parsed, and `parts` what parts their attributes.
        markdown: characters of Markdown in outputs, to be rendered.
        errors: outputs that are errors.
    """

    text: int = 500_000
    pictures: int = 1_500_000
    pixels: int = 40_000_000
    tags: int = 150_000
    parts: int = 300_000
    markdown: int = 100_000
    errors: int = 1000

    def parses(self, source: str, most: int) -> bool:
        """Take a document with at most `most` tags from the share; return whether it is in it."""
        segments = source.split("<")[1:]
        parts = [len(_PARTS.findall(segment)) for segment in segments]
        self.tags -= len(segments)
        self.parts -= sum(count for count in parts if count > 100)
        within = self.tags >= 0 and self.parts >= 0 and len(segments) <= most
        return within and max(parts, default=0) <= PARTS_OF_A_TAG
