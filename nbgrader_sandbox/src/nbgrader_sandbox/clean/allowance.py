"""What one notebook may hold and cost in sum, beside what each of its cells may.

Each cell within its own bounds, five hundred cells together would still make a page of gigabytes,
or keep the grader at work for hours.
"""

import re
from dataclasses import dataclass

#: What can begin or part an attribute, as many as one tag may have.
_PARTS = re.compile(r"\s+|[/\"']")
PARTS_OF_A_TAG = 30_000


@dataclass
class Allowance:
    """What is left of a notebook's share.

    Attributes:
        text: bytes of text in outputs.
        pictures: bytes of pictures in outputs, or in attachments, in base64.
        pixels: pixels to be decoded.
        parsing: HTML and SVG to be parsed, as the square of the tags of each document: the time
            that parsers take in the worst case, some 2 s in all.
        rendering: texts in Markdown to be rendered, as the square of each one's length; likewise.
    """

    text: int = 500_000
    pictures: int = 1_500_000
    pixels: int = 40_000_000
    parsing: int = 500_000_000
    rendering: int = 800_000_000

    def parses(self, source: str, most: int) -> bool:
        """Take a document with at most `most` tags from the share; return whether it is in it."""
        segments = source.split("<")[1:]
        parts = [len(_PARTS.findall(segment)) for segment in segments]
        if len(segments) > most or max(parts, default=0) > PARTS_OF_A_TAG:
            return False
        # An attribute costs a fifth of a tag.
        self.parsing -= len(segments) ** 2 + sum(count**2 for count in parts) // 25
        return self.parsing >= 0

    def renders(self, source: str) -> bool:
        """Take a text in Markdown from the share; return whether it is in it."""
        self.rendering -= len(source) ** 2
        return self.rendering >= 0
