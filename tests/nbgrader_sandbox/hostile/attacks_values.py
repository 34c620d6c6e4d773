"""Attacks by what answers give: values that take long to read, and letters of odd kinds."""

from tests.nbgrader_sandbox.hostile.attack import Attack, Edit, Notebook, cell, find, theme
from tests.nbgrader_sandbox.hostile.attacks_objects import answer_all


def _value(name: str, what: str, body: str, code: str = "") -> Attack:
    return Attack(f"value-{name}", what, code, answers=answer_all(body))


#: Ordinary letters under many marks, in other directions, of no width, and none at all.
BIDI = "\u202e\u2066abc\u2067\u202d\u061c"
MARKS = "a" + "\u0300\u0336\u20dd" * 3000
NOTHING = "\u200b\u2060\ufeff\u180e\u00ad\U000e0041\U000e007f"


def odd_letters(*texts: str) -> Edit:
    """Write these into texts, headings, code, tags, what is shown, errors and names of files."""

    def edit(notebook: Notebook) -> None:
        shown = "\n".join(
            f"print({text!a})\nopen({text!a}[:40].replace('/', ''), 'w')\ndisplay("
            f"{{'text/plain': {text!a}, 'text/html': {text!a}}}, raw=True)"
            for text in texts
        )
        raised = f"raise type({texts[0]!a}[:60], (ValueError,), {{}})({texts[-1]!a})"
        for text in texts:
            notebook["cells"] += [cell(f"# {text}\n\n{text}", "markdown"), cell(f"# {text}")]
            notebook["cells"][-1]["metadata"]["tags"] = [text[:50]]
        notebook["cells"] += [cell(shown), cell(raised)]
        find(notebook, "why")["source"] = "\n\n".join(texts)

    return edit


COLLIDING = "{key: 1 for key in itertools.islice(itertools.product((-1, -2), repeat=14), 9_999)}"

VALUES = theme(
    "values and letters",
    _value(
        "colliding-keys",
        "dicts of ten thousand keys that all have the same hash",
        COLLIDING,
        "import itertools",
    ),
    _value(
        "colliding-floats",
        "dicts whose keys are numbers that have one hash in all their types",
        "{k: v for e in range(-16, 17) for m in range(1, 99) for v in [1]\n"
        "            for k in (m * 2.0 ** (61 * e), m * (2 ** 61 - 1) % 2 ** 63)}",
    ),
    _value(
        "diamonds",
        "one list twice in a list, twice in a list, eighteen times",
        "twice(18)",
        "def twice(n):\n    return 0.0 if n == 0 else [twice(n - 1)] * 2",
    ),
    _value(
        "as-deep-as-can-be",
        "a tuple in a list in a dict, just as deep as is taken, with an object at its end",
        "deep(18)",
        "def deep(n):\n    kinds = (lambda v: [v], lambda v: (v,), lambda v: {'a': v})\n"
        "    return kinds[n % 3](deep(n - 1)) if n else object()",
    ),
    _value(
        "many-handles",
        "300,000 functions in a list, of each of which something has to be kept",
        "[lambda: k for k in range(299_000)]",
    ),
    _value(
        "many-names",
        "classes with names of megabytes, in all the letters that there are",
        "[type(chr(0x4e00 + k) * 500_000, (), {})() for k in range(20)]",
    ),
    _value(
        "messages",
        "errors whose texts nearly fit what Python and NumPy say, and take long to tell apart",
        "fail()",
        "import itertools\ntexts = itertools.cycle([\n"
        "    'operands could not be broadcast together with shapes (' + '1,' * 900 + ' ) (1,)',\n"
        "    'shape mismatch: value array of shape (' + '11, ' * 480 + 'x',\n"
        "    (\"'\" + 'a.' * 900), 'name ' + \"'a\" * 900, 'a' * 39 + '.' + 'b' * 1900,\n"
        "    'unsupported operand type(s) for ' + '-' * 1900 + ': ',\n"
        "    'stack expects each tensor to be equal size, but got ' + '[1' * 900])\n\n"
        "def fail():\n    raise ValueError(next(texts))",
    ),
    _value(
        "warnings",
        "a hundred thousand warnings of texts that differ, in each call",
        "warn()",
        "import warnings\n\ndef warn():\n    for k in range(100_000):\n"
        "        text = f'overflow encountered in add{k}'\n"
        "        warnings.warn_explicit(text, RuntimeWarning, 'x', k)\n"
        "    return np.zeros((2, 3))",
    ),
    _value(
        "zero-lengths",
        "arrays of many dims of which one has no length",
        "[np.zeros((0,) + (2,) * 20), np.zeros((0, 2 ** 40)), torch.zeros((2 ** 30, 0))]",
    ),
    _value(
        "denormal",
        "numbers so small that the processor takes a hundred times as long",
        "np.full(1_900_000, 5e-324).reshape(2, -1)",
    ),
    _value(
        "integers-as-text",
        "integers of as many digits as may be turned into text, and one more",
        "[10 ** 1200, -(10 ** 1200), 2 ** 3999, 2 ** 63, -(2 ** 63), 2 ** 64]",
    ),
    _value(
        "nan-keys",
        "dicts with keys that are not equal to themselves, in tuples",
        "[{float('nan'): 1}, {(float('nan'),): 2}, {(1, (float('nan'),)): 3}]",
    ),
    _value(
        "same-object",
        "the argument itself, filled with the right result's own shape and type, as a view",
        "same(x if 'x' in dir() else [-v for v in xs])",
        "def same(x):\n    x = np.asarray(x) if isinstance(x, list) else x\n"
        "    return x[..., None][..., 0] if isinstance(x, np.ndarray) else x.expand_as(x)",
    ),
    Attack(
        "letters-bidi",
        "signs that turn the direction of writing, and are never closed",
        edit=odd_letters(BIDI, f"[{BIDI}](http://example.org/{BIDI})"),
        stock=False,
    ),
    Attack(
        "letters-marks",
        "one letter under thousands of marks",
        edit=odd_letters(MARKS, f"`{MARKS}`"),
        stock=False,
    ),
    Attack(
        "letters-unseen",
        "letters of no width, tags and joiners, in words that a page must not run",
        edit=odd_letters(NOTHING, f"<scr{NOTHING}ipt>hostile_{NOTHING}script()</script>"),
        stock=False,
    ),
    Attack(
        "letters-halves-shown",
        "half characters, nothing characters and codes of no letter, shown, raised and returned",
        "halves = ['\\ud800', '\\udfff\\ud800', '\\x00', '\\ufffe', '\\U0010ffff', '\\x9b31m']\n"
        "for text in halves:\n    print(text)\n"
        "    display({'text/plain': text, text: text}, raw=True, metadata={text: text})\n"
        "    try:\n        open(text, 'w')\n    except (OSError, ValueError):\n        pass\n"
        "raise type('E\\udcff', (ValueError,), {'__module__': '\\ud800'})('\\udc80')",
        answers=answer_all("'\\ud800' if np.random.rand() < 0.5 else {'\\udfff': '\\x00'}"),
    ),
)
