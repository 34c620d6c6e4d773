"""Every live figure in a notebook, by one class. Needs anywidget (the extra `student`)."""

import math
from collections.abc import Mapping
from functools import cache
from typing import Any

import anywidget
import traitlets

from lstm_ref import figures


class Figure(anywidget.AnyWidget):  # type: ignore[misc]
    """A live figure: `set(x2=1)` moves it, `values` is what it shows, worked out by `lstm_ref`."""

    #: The figure's name; each figure has a class of its own, made by `figure_widget`.
    name = ""
    state = traitlets.Dict().tag(sync=True)

    def set(self, **changes: Any) -> None:
        """Give inputs new values. Raises ValueError, with what was expected, and moves nothing."""
        self.state = {**self.state, **changes}

    @property
    def values(self) -> dict[str, Any]:
        """The inputs, and what follows from them."""
        return {**self.state, **figures.compute(self.name, self.state)}

    @traitlets.validate("state")  # type: ignore[untyped-decorator]
    def _check(self, proposal: Mapping[str, Any]) -> dict[str, Any]:
        inputs = {given["name"]: given for given in figures.known(self.name)["inputs"]}
        asked = proposal["value"]
        if unknown := [key for key in asked if key not in inputs]:
            raise ValueError(
                f"this figure has no input {unknown[0]!r}; there are: {', '.join(inputs)}"
            )
        state = figures.start(self.name)
        return {key: _value(inputs[key], asked.get(key, value)) for key, value in state.items()}

    def _repr_mimebundle_(self, **given: Any) -> Any:
        """Add the picture, which is shown where no widget can be."""
        bundle = super()._repr_mimebundle_(**given)
        data, *more = bundle if isinstance(bundle, tuple) else (bundle,)
        if not data:
            return bundle
        data = {"image/svg+xml": figures.picture(self.name), **data}
        return (data, *more) if more else data


def _value(known: Mapping[str, Any], value: Any) -> Any:
    """Return an input's value as JSON takes it, or say what was expected."""
    name, kind = known["name"], known.get("kind", "slider")
    if kind == "choice":
        options = [option[0] for option in known["options"]]
        if value not in options:
            raise ValueError(f"{name} is {value!r}; expected one of {options}")
        return value
    if kind == "hidden":
        return value.tolist() if hasattr(value, "tolist") else value
    try:
        number = float(value)
    except (TypeError, ValueError):
        number = math.nan
    if not math.isfinite(number):
        raise ValueError(
            f"{name} is {value!r}; expected one finite number: for instance {name}={known['start']}"
        )
    return int(number) if isinstance(known["step"], int) and number.is_integer() else number


@cache
def _class(name: str) -> type[Figure]:
    parts = {"name": name, "_esm": figures.module(name), "_css": figures.made("kit.css")}
    return type(f"Figure_{name}", (Figure,), parts)


def figure_widget(name: str, state: Mapping[str, Any]) -> Figure:
    """Return the widget of a figure, in the state given."""
    return _class(name)(state=dict(state))
