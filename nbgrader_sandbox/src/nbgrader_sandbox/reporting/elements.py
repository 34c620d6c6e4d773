"""The few pieces of HTML that the page is made of. All text goes through `text`."""

import html
from collections.abc import Iterable, Sequence


def text(words: str) -> str:
    """Return words as HTML that shows them; what could reorder or break a line becomes '?'."""
    shown = "".join(letter if letter.isprintable() else "?" for letter in words)
    return html.escape(shown, quote=True)


def breakable(name: str) -> str:
    """Return a program's name as HTML that may be broken after an underscore."""
    return text(name).replace("_", "_<wbr>")


def person(student: str, name: str = "") -> str:
    """Return a student's id, with the name under it. Names run in either direction."""
    shown = f"<bdi>{text(student)}</bdi>"
    return f'{shown} <span class="name"><bdi>{text(name)}</bdi></span>' if name else shown


def section(title: str, name: str, inside: str) -> str:
    """Return a section with a heading that a link can lead to."""
    return (
        f'<section id="{name}" aria-labelledby="{name}-title">'
        f'<h2 id="{name}-title">{text(title)}</h2>\n{inside}</section>'
    )


def table(
    caption: str,
    heading: Sequence[tuple[str, str]],
    rows: Iterable[Sequence[str]],
    *,
    quiet: bool = False,
) -> str:
    """Return a table of cells that are HTML already; the first cell of each row names it.

    `heading` has for each column its name and its class, such as "n" for numbers. A `quiet`
    caption is for screen readers, where the words above the table say the same.
    """
    names = "".join(f'<th scope="col"{_class(kind)}>{text(name)}</th>' for name, kind in heading)
    kinds = [_class(kind) for _, kind in heading]
    lines = []
    for first, *others in rows:
        cells = [f'<th scope="row"{kinds[0]}>{first}</th>']
        cells += [f"<td{kind}>{cell}</td>" for kind, cell in zip(kinds[1:], others, strict=True)]
        lines.append(f"<tr>{''.join(cells)}</tr>")
    body = "\n".join(lines)
    return (
        f"<table><caption{_class('quiet' if quiet else '')}>{text(caption)}</caption>"
        f"<thead><tr>{names}</tr></thead>\n<tbody>\n{body}\n</tbody></table>\n"
    )


def _class(kind: str) -> str:
    return f' class="{kind}"' if kind else ""


def definitions(items: Iterable[tuple[str, str]]) -> str:
    """Return terms with their values, which are HTML already."""
    return f"<dl>{''.join(f'<div><dt>{text(t)}</dt><dd>{v}</dd></div>' for t, v in items)}</dl>\n"


def folded(summary: str, inside: str, *, small: str = "") -> str:
    """Return something that opens on demand."""
    more = f" <small>{text(small)}</small>" if small else ""
    return f"<details><summary>{text(summary)}{more}</summary>\n{inside}</details>\n"


def note(words: str) -> str:
    """Return a sentence that explains what stands near it."""
    return f'<p class="note">{text(words)}</p>\n'
