"""Unusual ways to write a right answer, and slips of the language, made of any right text.

The tests of the course hand these in: a right answer must pass in every style, a slip must lose
points under its own name.
"""

import ast
from collections.abc import Iterator

from lstm_ref.checks.exercise import Exercise

#: Of what follows: answers that hand on the right numbers as they are, or return none at all. No
#: inputs can change what such an answer is called.
ALIKE = frozenset(
    {
        *("a lambda", "a callable object", "a partial function", "a warning and a print"),
        *("the stub", "not called", "a stub below the code", "no return", "printed"),
        *("print returned", "a name misspelled", "an argument too few"),
    }
)


def styles(exercise: Exercise) -> Iterator[tuple[str, str]]:
    """Yield right answers as texts, each with its name: the exercise's own, and general ones."""
    yield from exercise.style_sources().items()
    if not exercise.use:
        yield from _around(exercise)


def _around(exercise: Exercise) -> Iterator[tuple[str, str]]:
    """Wrap the right answer; `each(f, result)` applies f to every array of a result."""
    name, base = exercise.name, exercise.source()
    each = (
        "\n\ndef each(f, r):\n"
        "    if isinstance(r, (tuple, list)):\n"
        "        return type(r)(each(f, one) for one in r)\n"
        "    if isinstance(r, dict):\n"
        "        return {key: each(f, one) for key, one in r.items()}\n"
        "    return f(r)\n\n\n"
        f"plain = {name}\n"
    )
    yield "a lambda", f"{base}\n\nplain = {name}\n{name} = lambda *given: plain(*given)\n"
    yield (
        "a callable object",
        f"{base}\n\nplain = {name}\n\n\nclass Answer:\n    def __call__(self, *given):\n"
        f"        return plain(*given)\n\n\n{name} = Answer()\n",
    )
    yield (
        "a partial function",
        f"{base}\n\nimport functools\n\nplain = {name}\n"
        f"{name} = functools.partial(lambda g, *given: g(*given), plain)\n",
    )
    for what, change in (
        ("float32 returned", "np.asarray(a).astype(np.float32)"),
        ("float16 returned", "np.asarray(a).astype(np.float16)"),
        ("lists returned", "np.asarray(a).tolist()"),
        ("torch tensors returned", "__import__('torch').as_tensor(np.array(a))"),
    ):
        changed = f"{name} = lambda *given: each(lambda a: {change}, plain(*given))\n"
        yield what, base + each + changed
    yield (
        "a warning and a print",
        f"{base}\n\nimport warnings\n\nplain = {name}\n\n\ndef {name}(*given):\n"
        "    warnings.warn('old')\n    print('here')\n    return plain(*given)\n",
    )


def slips(exercise: Exercise) -> Iterator[tuple[str, str, str]]:
    """Yield slips of the language: what it is, the name that it should get, the text."""
    name, text = exercise.name, exercise.text
    yield "the stub", "not-written", _stub(exercise)
    if exercise.use:
        return
    source = exercise.source()
    yield "not called", "not-a-function", f"{source}\n\n{name} = 3\n"
    last = text.rindex("    return ")
    ending = text[last:].removeprefix("    return ").strip()
    raising = '    raise NotImplementedError("write your answer here")\n'
    head, body = source[: source.rindex(text.strip())], text[:last]
    written = f"{head}{body}    result = {ending}\n"
    yield "a stub below the code", "stub-left", f"{written}{raising}"
    yield "no return", "no-return", written
    yield "printed", "printed", f"{written}    print(result)\n"
    yield "print returned", "printed", f"{head}{body}    return print({ending})\n"
    yield "a name misspelled", "name-not-defined", f"{written}    return reslut\n"
    one = exercise.arguments[-1]
    yield (
        "an argument too few",
        "wrong-arguments",
        f"{source}\n\nplain = {name}\n{name} = lambda {', '.join(exercise.arguments[:-1])}: None\n",
    )
    yield (
        "state kept",
        "keeps-state",
        f"{source}\n\nplain, calls = {name}, []\n\n\ndef {name}(*given):\n"
        "    calls.append(1)\n    r = plain(*given)\n"
        "    if len(calls) <= COUNT:\n        return r\n"
        "    return tuple(0 * a for a in r) if isinstance(r, tuple) else 0 * np.asarray(r)\n",
    )
    if len(exercise.arguments) > 1 and not exercise.restored:
        yield (
            "an argument changed",
            "changes-argument",
            f"{source}\n\nplain = {name}\n\n\ndef {name}({', '.join(exercise.arguments)}):\n"
            f"    r = plain({', '.join(exercise.arguments)})\n"
            f"    for a in ({', '.join(exercise.arguments)},):\n"
            "        if isinstance(a, np.ndarray) and a.dtype.kind == 'f':\n"
            "            a[...] = 0\n            break\n    return r\n",
        )
        turned = [one, *exercise.arguments[:-1]]
        yield (
            "arguments in another order",
            "arguments-reordered",
            f"{source}\n\nplain = {name}\n\n\ndef {name}({', '.join(turned)}):\n"
            f"    return plain({', '.join(exercise.arguments)})\n",
        )


def _stub(exercise: Exercise) -> str:
    """Return the text that a student starts from: the signatures, and nothing in them."""
    if exercise.kind == "value":
        return f"{exercise.name} = {{}}\n"
    tree = ast.parse(exercise.text)
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            node.body = [ast.parse("raise NotImplementedError('write your answer here')").body[0]]
    return f"{exercise.imports}\n\n\n{ast.unparse(tree)}\n"
