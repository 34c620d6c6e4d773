"""TeX as MathML, which browsers show by themselves: no script, no font from elsewhere.

math-core does the work. It escapes what it is given and knows no command that makes links or
attributes; what it returns is looked at all the same.
"""

import html
import re

import math_core

#: The most characters of one formula; a longer one is shown as TeX.
CHARACTERS = 5000

_ATTRIBUTES = (
    "accent|accentunder|columnalign|columnlines|columnspacing|depth|display|displaystyle|fence|form"
    "|height|largeop|linethickness|lspace|mathvariant|maxsize|minsize|movablelimits|rowlines"
    "|rowspacing|rspace|scriptlevel|separator|stretchy|style|symmetric|voffset|width"
)
_TAG = re.compile(rf"<m[a-z]+(?: (?:{_ATTRIBUTES})=\"[^\"<>&]*\")*\s*/?>|</m[a-z]+>")
_LOADS = re.compile(r"style=\"[^\"]*(?:url|position|expression|\\|@)", re.IGNORECASE)


def to_mathml(tex: str, *, block: bool = False) -> str:
    """Return TeX as a MathML element, or as escaped code where it cannot be read.

    With `block` the formula stands in a line of its own.
    """
    if len(tex) <= CHARACTERS:
        try:
            found: str = math_core.LatexToMathML().convert_with_local_state(tex, displaystyle=block)
        except (KeyboardInterrupt, SystemExit):
            raise
        # A panic in compiled code is a BaseException, and no reason to lose a page.
        except BaseException:
            found = ""
        if "<" in found and "<" not in _TAG.sub("", found) and not _LOADS.search(found):
            return found
    return f'<code class="tex">{html.escape(tex)}</code>'
