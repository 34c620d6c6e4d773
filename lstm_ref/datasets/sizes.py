"""What every data set demands of its sizes."""


def at_least(least: int, **sizes: object) -> None:
    """Raise ValueError, by name, for the first of these that is no whole number so large."""
    for name, value in sizes.items():
        if isinstance(value, bool) or not isinstance(value, int) or value < least:
            raise ValueError(f"{name} is {value!r}; expected a whole number of at least {least}")
