"""The forget gate's live figure in a notebook. Needs anywidget (the extra `student`)."""

import math
from typing import Any

import anywidget
import traitlets

from lstm_ref.figures import forget_gate, source

_INPUTS = ("x", "h_prev", "w", "u", "b", "c_prev")


class Pair(traitlets.List[float]):  # type: ignore[misc]
    """A trait of exactly two finite numbers; takes lists, tuples and arrays, gives a list."""

    def __init__(self, what: str) -> None:
        super().__init__(traitlets.Float(), default_value=[0.0, 0.0])
        self.what = what

    def validate(self, obj: Any, value: Any) -> Any:
        """Return `value` as a list of two floats, or raise a TraitError that says why not."""
        try:
            numbers = [float(number) for number in value]
        except (TypeError, ValueError):
            numbers = []
        if len(numbers) != 2 or not all(map(math.isfinite, numbers)):
            raise traitlets.TraitError(
                f"{self.name} is {value!r}; expected two finite numbers, {self.what}: "
                f"for instance {self.name} = [1.0, 0.5]"
            )
        return numbers


class Number(traitlets.Float[float, float]):  # type: ignore[misc]
    """A trait of one finite number; integers and NumPy's numbers are taken too."""

    def validate(self, obj: Any, value: Any) -> float:
        """Return `value` as a float, or raise a TraitError that says why not."""
        try:
            number = float(value)
        except (TypeError, ValueError):
            number = math.nan
        if not math.isfinite(number):
            raise traitlets.TraitError(
                f"{self.name} is {value!r}; expected one finite number: "
                f"for instance {self.name} = 0.5"
            )
        return number


class ForgetGate(anywidget.AnyWidget):  # type: ignore[misc]
    """One unit of a forget gate: move x, h_prev, w, u, b and c_prev; read z, f and kept.

    Python can set what the sliders move (`widget.x = [0.4, 1.0]`; a whole list, since a change
    inside a list is not noticed), and `unit` and `step` load the worked example's numbers.
    z, f and kept follow, worked out by `lstm_ref.gates`, and cannot be set.
    """

    _esm = source("forget_gate")

    x = Pair("one for each input").tag(sync=True)
    h_prev = Pair("one for each unit").tag(sync=True)
    w = Pair("one for each input").tag(sync=True)
    u = Pair("one for each unit").tag(sync=True)
    b = Number().tag(sync=True)
    c_prev = Number().tag(sync=True)
    unit = traitlets.Enum((1, 2), default_value=1).tag(sync=True)
    step = traitlets.Enum((1, 2, 3), default_value=1).tag(sync=True)
    examples = traitlets.List(read_only=True).tag(sync=True)
    z = traitlets.Float(read_only=True).tag(sync=True)
    f = traitlets.Float(read_only=True).tag(sync=True)
    kept = traitlets.Float(read_only=True).tag(sync=True)

    def __init__(self) -> None:
        super().__init__()
        start = forget_gate.state()
        self.set_trait("examples", start["examples"])
        self._load()
        self._follow()

    @traitlets.observe("unit", "step")  # type: ignore[untyped-decorator]
    def _load(self, _change: object = None) -> None:
        """Take the numbers of the chosen unit and step of the worked example."""
        for example in self.examples:
            if (example["unit"], example["step"]) == (self.unit, self.step):
                for key in _INPUTS:
                    setattr(self, key, example[key])

    @traitlets.observe(*_INPUTS)  # type: ignore[untyped-decorator]
    def _follow(self, _change: object = None) -> None:
        """Work out z, f and kept anew."""
        now = forget_gate.results({key: getattr(self, key) for key in _INPUTS})
        for key, value in now.items():
            self.set_trait(key, value)
