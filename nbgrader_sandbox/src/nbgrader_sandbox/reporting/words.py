"""How a report writes numbers, times and names."""


def number(value: float) -> str:
    """Return points: two decimals at most, and none that say nothing."""
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def count(value: int) -> str:
    """Return a count with its thousands apart."""
    return f"{value:,}"


def students(value: int) -> str:
    """Return '1 student' or '12 students'."""
    return f"{count(value)} student{'' if value == 1 else 's'}"


def percent(share: float) -> str:
    """Return a share of 1 as a percentage; only nothing is 0% and only everything is 100%."""
    if 0 < share < 0.01:
        return "<1%"
    if 0.99 < share < 1:
        return ">99%"
    return f"{100 * share:.0f}%"


def lateness(seconds: float) -> str:
    """Return a lateness as its two largest units: 26 h is '1 d 2 h'."""
    minutes = -(-int(seconds) // 60)
    days, minutes = divmod(minutes, 24 * 60)
    hours, minutes = divmod(minutes, 60)
    units = [(days, "d"), (hours, "h"), (minutes, "min")]
    return " ".join([f"{amount} {unit}" for amount, unit in units if amount][:2])


def duration(seconds: float) -> str:
    """Return a run's time: '0.06 s', '12.3 s', '2 min 5 s'."""
    if seconds < 9.995:
        return f"{seconds:.2f} s"
    if seconds < 99.95:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s"


def printable(text: str) -> str:
    """Return text on one line without what could rewrite a terminal, or a line of it."""
    return "".join(letter if letter.isprintable() else "?" for letter in text)


def shorten(text: str, size: int) -> str:
    """Return at most `size` characters."""
    return text if len(text) <= size else text[: size - 1] + "…"
