"""The right answer with edits in it: where they are, and what comes of them."""

from collections.abc import Callable, Sequence
from functools import cached_property, wraps
from itertools import pairwise
from typing import Any, NamedTuple

from lstm_ref.checks.text import used_parts

Function = Callable[..., Any]
Edit = tuple[str, str]


class Change(NamedTuple):
    """The text from start to end is replaced by another."""

    start: int
    end: int
    text: str
    blank: bool = False  # moves lines in or out, no more

    @property
    def inserts(self) -> bool:
        return self.start == self.end

    def within(self, start: int, end: int) -> bool:
        return start <= self.start and self.end <= end


#: Of a part, a function that gives the same in less time: for whatever calls it hundreds of times.
_QUICK: dict[Function, Function] = {}


def quick(part: Function) -> Callable[[Function], Function]:
    """Say of a function that variants may call it in the place of an earlier part."""

    def note(function: Function) -> Function:
        _QUICK[part] = wraps(part)(function)
        return function

    return note


class Variants:
    """The text of a right answer, and where each statement of it stands."""

    def __init__(self, name: str, text: str, right: Any, imports: str) -> None:
        self.name = name
        self.text = text
        self._right, self._imports = right, imports
        self._built: dict[tuple[Edit, ...], Any] = {}
        self._changes: dict[Edit, Change] = {}

    @cached_property
    def names(self) -> dict[str, Any]:
        """The names outside of the text; asked for late, since an import may take long."""
        return _names(self._right, self._imports)

    def change(self, edit: Edit) -> Change:
        """Return where an edit really changes the text, and what comes there.

        What both of its texts begin and end with alike is only there to say the place. A name is
        changed as a whole.
        """
        if edit not in self._changes:
            right, wrong = edit
            begin, most = 0, min(len(right), len(wrong))
            while begin < most and right[begin] == wrong[begin]:
                begin += 1
            while begin and (_splits(right, begin) or _splits(wrong, begin)):
                begin -= 1
            end = 0
            while end < most - begin and right[-1 - end] == wrong[-1 - end]:
                end += 1
            while end and (_splits(right, len(right) - end) or _splits(wrong, len(wrong) - end)):
                end -= 1
            start = self.text.index(right)
            span = start + begin, start + len(right) - end
            text = wrong[begin : len(wrong) - end]
            blank = not (self.text[slice(*span)] + text).strip()
            self._changes[edit] = Change(*span, text, blank)
        return self._changes[edit]

    def apart(self, some: Sequence[Change], others: Sequence[Change]) -> bool:
        """Whether no two changes touch the same text, or insert at the same place.

        Where a text is inserted right beside one that is replaced, it may belong to what was there
        before; and where both move lines in or out, blocks may fall apart.
        """
        if len(some) == 1 == len(others):  # as nearly all are, and there are many pairs
            one, two = some[0], others[0]
            return self._fit(one, two) if one < two else self._fit(two, one)
        return all(self._fit(one, two) for one, two in pairwise(sorted([*some, *others])))

    def _fit(self, one: Change, two: Change) -> bool:
        if one.end > two.start or one[:2] == two[:2]:
            return False
        if one.end == two.start and one.text and two.text and one.inserts != two.inserts:
            return False
        return not (one.blank and two.blank)

    def edited(self, edits: Sequence[Edit]) -> str:
        """Return the text with the edits made."""
        return replace(self.text, 0, [self.change(edit) for edit in edits])

    def built(self, edits: Sequence[Edit]) -> Any:
        """Return the edited answer, ready to be called."""
        key = tuple(edits)
        if key not in self._built:
            space = dict(self.names)
            exec(compile(self.edited(edits), f"<{self.name}>", "exec"), space)
            self._built[key] = space[self.name]
        return self._built[key]


def replace(text: str, offset: int, changes: list[Change]) -> str:
    """Return `text`, which begins at `offset` of the whole, with the changes made."""
    for change in sorted(changes, reverse=True):
        text = text[: change.start - offset] + change.text + text[change.end - offset :]
    return text


def _names(right: Any, imports: str) -> dict[str, Any]:
    """Return the names that an answer finds outside of itself; earlier parts are quick ones."""
    space: dict[str, Any] = {}
    exec(imports, space)
    methods = vars(right).values() if isinstance(right, type) else [right]
    method = next((value for value in methods if hasattr(value, "__globals__")), None)
    parts = {name: _QUICK.get(part, part) for name, part in used_parts(right).items()}
    return {**space, **getattr(method, "__globals__", {}), **parts}


def _splits(text: str, place: int) -> bool:
    """Whether a name goes on across this place."""
    return f"_{text[place - 1 : place + 1]}".isidentifier() and 0 < place < len(text)
