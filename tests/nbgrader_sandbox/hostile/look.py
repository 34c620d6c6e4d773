"""Looks at what a graded submission left in the autograded copy and the feedback page."""

import json
import re
from pathlib import Path
from typing import Any

from bs4 import BeautifulSoup

from tests.nbgrader_sandbox.hostile.attack import SCRIPT_MARK, STOLEN, Notebook
from tests.nbgrader_sandbox.hostile.parts import HIDDEN_DIGITS, HIDDEN_WORD

#: A hidden number as Python, NumPy and torch print it.
DIGITS = re.compile(rf"(?<![0-9a-f]){HIDDEN_DIGITS[0]}\.?{HIDDEN_DIGITS[1:]}")


def notebook(path: Path) -> Notebook:
    """Read an autograded notebook."""
    found: Notebook = json.loads(path.read_text(encoding="utf-8", errors="surrogatepass"))
    return found


def shown(found: Notebook) -> str:
    """Return all that a notebook shows but the text of its cells."""
    outputs = [one.get("outputs", []) for one in found["cells"]]
    return json.dumps([outputs, found["metadata"]])


def stolen(found: Notebook) -> list[str]:
    """Say what a student's cells show and must not."""
    text = shown(found)
    said = []
    if at := text.find(STOLEN) + 1:
        said.append(f"stolen: {text[at - 1 : at + 99]}")
    if HIDDEN_WORD in text:
        said.append("shows a hidden test")
    if match := DIGITS.search(text):
        said.append(f"shows a hidden input: {text[max(0, match.start() - 40) : match.end() + 20]}")
    return said


def leaked(page: str) -> list[str]:
    """Say what a feedback page shows and must not."""
    text = BeautifulSoup(page, "html.parser").get_text(" ")
    said = []
    if STOLEN in text:
        said.append("feedback shows what was stolen")
    if HIDDEN_WORD in page:
        said.append("feedback shows a hidden test")
    if match := DIGITS.search(text):
        said.append(f"feedback shows a hidden input: {text[match.start() - 30 : match.end() + 20]}")
    return said


_ADDRESSES = {"href", "src", "action", "formaction", "xlink:href", "data", "srcdoc", "content"}
_REFUSED = ("iframe", "object", "embed", "base", "form", "frame", "applet", "foreignobject")
#: What takes all that follows for its own, or shows what stands in no other place.
_REFUSED += ("plaintext", "textarea", "xmp", "noembed", "noframes", "template", "dialog", "marquee")


def live(page: str) -> list[str]:
    """Say what in a page could run a script of the student's, or ask another machine."""
    said = []
    for tag in BeautifulSoup(page, "html.parser").find_all(True):
        name = tag.name.lower()
        attributes: dict[str, Any] = {key.lower(): str(value) for key, value in tag.attrs.items()}
        if name in ("script", "style") and SCRIPT_MARK in tag.get_text():
            said.append(f"<{name}> with the student's text")
        if name in _REFUSED:
            said.append(f"<{name}>")
        for key, value in attributes.items():
            if key == "style" and re.search(r"position\s*:\s*(fixed|absolute|sticky)", value):
                said.append(f"<{name} style=…> that covers the page")
            if key.startswith("on"):
                said.append(f"<{name} {key}=…>")
            plain = name == "a" and value.startswith(
                ("http://", "https://")
            )  # asks nobody by itself
            if key in _ADDRESSES and SCRIPT_MARK in value and name != "meta" and not plain:
                said.append(f"<{name} {key}={value[:60]}>")
        if name == "meta" and attributes.get("http-equiv", "").lower() == "refresh":
            said.append("<meta refresh>")
    return sorted(set(said))
