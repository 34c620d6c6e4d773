"""Attacks that ask: does this text stand in the hidden tests, or in their inputs?

Each comes in two: one that has it right, and one that asks for a thing that is not there. What
both students read must be the same but for their own words.
"""

from collections.abc import Iterator

from tests.nbgrader_sandbox.hostile.attack import Attack, theme
from tests.nbgrader_sandbox.hostile.attacks_objects import answer_all

#: By name: what it asks, a text with `@W@` for the word, two words, of which the first is there.
_ASKED = {
    "line": (
        "the line of its own error is one of the hidden test's",
        "def f(@W@, right):\n    e = np.exp(@W@ - @W@.max(axis=1, keepdims=True))\n",
        ("rows", "rowz"),
    ),
    "error-name": (
        "its error has the name of a variable of the hidden test",
        "class @W@(ValueError):\n    pass\n\ndef f(rows, right):\n    raise @W@('no')\n",
        ("shares", "sharez"),
    ),
    "attribute": (
        "its error asks for an attribute that the hidden test asks for",
        "class Thing:\n    pass\n\ndef f(rows, right):\n    return Thing().@W@\n",
        ("convolve", "convolbe"),
    ),
    "missing-name": (
        "a name that is missing is one that the hidden test uses",
        "def f(rows, right):\n    return @W@\n",
        ("found", "fount"),
    ),
    "argument": (
        "an argument that is unknown is one that the hidden test gives",
        "def f(rows, right):\n    return (lambda a: a)(a=1, @W@=2)\n",
        ("rtol", "rtul"),
    ),
    "type-name": (
        "a class of its own has the name of a thing in the hidden test",
        "@W@ = type('@W@', (), {})\n\ndef f(rows, right):\n    return @W@() + 1\n",
        ("points", "poinds"),
    ),
    "comment": (
        "its code and its text quote a comment of the hidden test",
        "# large numbers: @W@\nprint('softmax is wrong on @W@')\n\n"
        "def f(rows, right):\n    raise ValueError('softmax is wrong on @W@')\n",
        ("large numbers", "large numbres"),
    ),
    "signal": (
        "the signal by which its process ends is a digit of the hidden inputs",
        "import os\n\ndef f(rows, right):\n    os.kill(os.getpid(), int('@W@'))\n",
        ("11", "06"),
    ),
    "status": (
        "the status with which its process ends is a digit of the hidden inputs",
        "import os\n\ndef f(rows, right):\n    os._exit(int('@W@'))\n",
        ("61", "16"),
    ),
    "number": (
        "the numbers in an error are those of the hidden inputs",
        "def f(rows, right):\n    return np.zeros(3)[@W@]\n",
        ("6180", "7290"),
    ),
    "warning": (
        "how often and of what it warns depends on the hidden inputs",
        "import warnings\n\ndef f(rows, right):\n    for k in range(@W@):\n"
        "        warnings.warn(f'value {k}')\n    return rows\n",
        ("6", "9"),
    ),
    "time": (
        "how long it takes depends on the hidden inputs",
        "import time\n\ndef f(rows, right):\n    time.sleep(0.@W@)\n    return None\n",
        ("30", "01"),
    ),
}


def _asking() -> Iterator[Attack]:
    for name, (what, text, words) in _ASKED.items():
        for which, word in zip(("right", "wrong"), words, strict=True):
            said = what if which == "right" else f"{what}: the same, for what is not there"
            yield Attack(
                f"oracle-{name}-{which}",
                said,
                text.replace("@W@", word),
                answers=answer_all("f(1, 1)"),
            )


ORACLES = theme("oracles", *_asking())

#: The two of each, and their words.
PAIRS = {
    name: (
        next(one for one in ORACLES if one.name == f"oracle-{name}-right"),
        next(one for one in ORACLES if one.name == f"oracle-{name}-wrong"),
        words,
    )
    for name, (_, _, words) in _ASKED.items()
}
