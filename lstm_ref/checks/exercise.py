"""One description of an exercise: what is right, what inputs tell, what goes wrong.

The same object serves the notebook's `check` and `hint`, the hidden test's `grade`, the
pages of the book, the class report, and the tests of the course itself.
"""

import copy
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from lstm_ref.checks.text import arguments_of, source_of, standalone, used_parts
from lstm_ref.checks.variants import Function, Variants


class AuthorError(Exception):
    """An exercise is wrong in itself; nobody is to be judged by it. The message says what."""


@dataclass(frozen=True)
class Case:
    """One call: its name in words ("one example without a batch") and its arguments.

    `single` says that it is one example without a batch; None, that there is no such difference.
    """

    name: str
    arguments: tuple[Any, ...]
    single: bool | None = None

    def fresh(self) -> tuple[Any, ...]:
        """Return the arguments as new objects, which a call may change as it likes."""
        return tuple(map(_copied, self.arguments))


@dataclass(frozen=True)
class Mistake:
    """A known way to be wrong: an edit of the right text, and hints that lead back.

    `title` completes the sentence "In forget_gate, …". `hints` are the first rungs of a ladder, a
    question and a pointer; the last one, the line that must change, is made from the edits. Each
    edit is (right text, wrong text), the first of which stands once in the right answer. `wrong` is
    a whole function where an edit could not be read. `keeps` is the share of the points that it
    leaves. `source` says where it was really made.
    """

    name: str
    title: str
    hints: tuple[str, ...]
    edits: Any = ()  # an Edit, or several
    wrong: Function | None = None
    keeps: float = 0.0
    source: str = "constructed"

    def __post_init__(self) -> None:
        if self.edits and isinstance(self.edits[0], str):
            object.__setattr__(self, "edits", (self.edits,))


@dataclass(frozen=True, eq=False)  # an exercise is itself alone, and so can be a key
class Exercise:
    """One thing that a student writes.

    Where `right` is the text of an assignment, the answer is a value, `use` makes a number of it
    for each case, each case counts for itself, and `oracle` is the value. What must not be reckoned
    where the student's code runs is reckoned by `weigh`, here, from what `use` brings and the
    case's arguments; `oracle` is the number that is right, `faults` says others in words. What
    `weigh` says of a known mistake is the same on every draw: it is asked once. `signed` tells the
    name under which such an answer was made. Else:

    `right` is an answer as a student could have written it: a function, or a text, where to load it
    would load torch. `oracle` is what it is held to, and shares no line with it. `outputs` names
    what is returned, each with its axes ("TBH"); more than one are returned as a tuple. `returns`
    says in words what the answer itself returns, where a driver makes the outputs of it. `cases`
    makes the inputs from a seeded generator, the worked example first, and last what takes least:
    there known mistakes are tried first. `hints` is the ladder for what is wrong in no known way.
    `styles` are more right answers, functions or texts. `use` is the text of a function
    `use(answer, …)` that stands between the check and an answer which is not simply called; where
    it takes `halfway`, it calls that with the outputs that it has so far. `restored` names
    arguments that may be changed and put back, `unread` arrays in arguments that change no right
    result ("saved['c']"; of a list of dicts "saved[t]['c']"). `made` names outputs that say how the
    answer is made, not what it calculates: where one is off, that is told first. `uses` names the
    earlier parts of the same assignment that it is built on. `cut` makes of a case its last n
    steps, where results are summed over steps: so it can be told from which step on they are wrong.
    """

    name: str
    right: Any
    oracle: Any
    outputs: Mapping[str, str]
    cases: Callable[[np.random.Generator], Sequence[Case]]
    mistakes: tuple[Mistake, ...]
    praise: str
    hints: tuple[str, ...]
    styles: tuple[Any, ...] = ()
    use: str = ""
    returns: str = ""
    restored: frozenset[str] = frozenset()
    unread: frozenset[str] = frozenset()
    made: frozenset[str] = frozenset()
    uses: tuple[str, ...] = ()
    cut: Callable[[Case, int], Case] | None = None
    weigh: Function | None = None
    faults: Mapping[int, str] = field(default_factory=dict)
    signed: Function | None = None
    imports: str = "import numpy as np"

    def __post_init__(self) -> None:
        names = [mistake.name for mistake in self.mistakes]
        for name in names:
            if names.count(name) > 1:
                raise AuthorError(f"{self.name} has the mistake {name!r} twice; choose a name each")
        for mistake in self.mistakes:
            if bool(mistake.edits) == bool(mistake.wrong):
                raise AuthorError(f"{self.name}, {mistake.name}: give edits, or else a function")
            for right, wrong in mistake.edits:
                if (count := self.text.count(right)) != 1 or right == wrong:
                    raise AuthorError(
                        f"{self.name}, {mistake.name}: {right!r} stands {count} times in the right "
                        "answer; expected a text that stands there once, and is changed"
                    )

    @cached_property
    def text(self) -> str:
        """The source of the right answer."""
        return source_of(self.right)

    @cached_property
    def variants(self) -> Variants:
        """The right answer with edits, to be run."""
        return Variants(self.name, self.text, self.right, self.imports)

    @cached_property
    def driver(self) -> Function | None:
        """`use`, run here."""
        if not self.use:
            return None
        space: dict[str, Any] = {}
        exec(self.use, space)
        found: Function = space["use"]
        return found

    @cached_property
    def stops_halfway(self) -> bool:
        """Whether the driver shows its first outputs before it goes on to the rest."""
        return "halfway" in (getattr(self.driver, "__kwdefaults__", None) or {})

    @cached_property
    def arguments(self) -> tuple[str, ...]:
        """The names of the arguments of a case, in order."""
        return arguments_of(self.driver)[1:] if self.driver else arguments_of(self.right)

    @property
    def kind(self) -> str:
        """What is asked for: a function, a class, or a value that the notebook makes."""
        begun = self.text.lstrip("@").split(" ", 1)[0]
        return {"class": "class", "def": "function"}.get(begun, "value")

    @property
    def returned(self) -> str:
        """What stands behind the answer's last `return`."""
        return self.returns or ", ".join(self.outputs)

    @property
    def signature(self) -> str:
        """The line that begins a definition."""
        return self.text.split("\n", 1)[0].strip()

    def mistake(self, name: str) -> Mistake:
        """Return the mistake of that name. Raises KeyError."""
        return next(m for m in self.mistakes if m.name == name) if name else self.mistakes[0]

    def wrong(self, *mistakes: Mistake) -> Any:
        """Return the right answer with these mistakes in it, which lie in different places."""
        if whole := next((m.wrong for m in mistakes if m.wrong), None):
            return whole
        return self.variants.built([edit for m in mistakes for edit in m.edits])

    def source(self, *mistakes: Mistake) -> str:
        """Return the text of `wrong(*mistakes)`, with all that it needs, as it is handed in."""
        if whole := next((m.wrong for m in mistakes if m.wrong), None):
            return standalone(whole, self.imports, self.name)
        edits = [edit for m in mistakes for edit in m.edits]
        # What was edited may use other parts than the right one; a right text uses none.
        built = self.right if isinstance(self.right, str) else self.variants.built(edits)
        return standalone(built, self.imports, self.name, self.variants.edited(edits))

    def style_sources(self) -> dict[str, str]:
        """Return the texts of all right answers that are known, by a name for each."""
        found = {"the right answer": self.source()}
        for place, style in enumerate(self.styles):
            if isinstance(style, str):
                needed = "\n\n".join(source_of(part) for part in used_parts(self.right).values())
                found[f"style {place + 1}"] = f"{self.imports}\n\n\n{needed}\n\n{style}"
            else:
                found[style.__name__] = standalone(style, self.imports, self.name)
        return found

    def in_driver(self, answer: Any) -> Function:
        """Return what is called with a case's arguments: the answer, or the driver around it."""
        driver = self.driver
        if driver is None:
            called: Function = answer
            return called
        weigh = self.weigh or (lambda found, *arguments: found)
        return lambda *arguments: weigh(driver(answer, *arguments), *arguments)

    @property
    def oracle_called(self) -> Function:
        """What gives the right result, called with a case's arguments."""
        if self.weigh:
            return lambda *arguments: self.oracle
        return self.in_driver(self.oracle)

    def last_rung(self, mistake: Mistake) -> str:
        """Return the hint that shows what must change: the line, and not the whole formula."""
        if not mistake.edits:
            return self.hints[-1]
        parts = [_change(right.strip(), wrong.strip()) for right, wrong in mistake.edits[:2]]
        return " And: ".join(parts)

    def ladder(self, hints: Sequence[str], last_hint: bool) -> tuple[str, ...]:
        """Return the hints; without those that show what must change, where `last_hint` is not."""
        if last_hint:
            return tuple(hints)
        lines = {self.hints[-1], *map(self.last_rung, self.mistakes)}
        return tuple(hint for hint in hints if hint not in lines)


def _copied(value: Any) -> Any:
    """Return a deep copy; of what exercises are made of, many times faster than copy.deepcopy."""
    if type(value) is np.ndarray:
        return value.copy(order="K")
    if type(value) is dict:
        return {
            key: item.copy(order="K") if type(item) is np.ndarray else _copied(item)
            for key, item in value.items()
        }
    if type(value) is list:
        return [_copied(item) for item in value]
    if type(value) is tuple:
        return tuple(_copied(item) for item in value)
    return copy.deepcopy(value)


def _change(right: str, wrong: str) -> str:
    if right == wrong:
        return f"`{_one_line(right)}` stands in another block than it should: see how far it is in."
    if not wrong:
        return f"What is missing is `{_one_line(right)}`."
    if not right:
        return f"`{_one_line(wrong)}` is too much."
    right, wrong = _one_line(right), _one_line(wrong)
    if wrong.startswith(right):
        return f"`{wrong.removeprefix(right).strip()}` is too much."
    if right.startswith(wrong):
        return f"What is missing is `{right.removeprefix(wrong).strip()}`."
    alike = 0  # what both end with is only there to say the place
    while alike < min(len(right), len(wrong)) and right[-1 - alike] == wrong[-1 - alike]:
        alike += 1
    if alike > 4:
        cut = alike - 1
        right, wrong = f"{right[:-cut]}…", f"{wrong[:-cut]}…"
    return f"Where yours has the sense of `{wrong}`, the line needs `{right}`."


def _one_line(text: str) -> str:
    return "; ".join(line.strip() for line in text.splitlines() if line.strip())
