"""What a class did, for the person who teaches it: as text, as a table, as a page.

`classroom` reads the gradebook (`grades`), the engine's records (`records`) and, where these say
too little, graded notebooks (`wrong`). `text`, `table` and `page` only write what it found.

Of the engine only the store of outcomes is needed here, and what `engine.submission` says of a
notebook that it cannot read: a class graded without the engine has its report too.
"""
