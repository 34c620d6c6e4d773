"""Assignment 09: `summarise`, what several runs say together."""

import numpy as np

from lstm_ref.checks.exercise import Case, Exercise, Mistake


def summarise(curves, limit):
    middle = np.median(curves, axis=0)
    lowest = np.min(curves, axis=0)
    highest = np.max(curves, axis=0)
    below = curves < limit
    solved = np.where(below.any(axis=1), below.argmax(axis=1), -1)
    return middle, lowest, highest, solved


def with_sorting(curves, limit):
    ordered = np.sort(curves, axis=0)
    runs = len(ordered)
    middle = (ordered[(runs - 1) // 2] + ordered[runs // 2]) / 2
    solved = np.array([next((k for k, e in enumerate(c) if e < limit), -1) for c in curves])
    return middle, ordered[0], ordered[-1], solved


def with_percentiles(curves, limit):
    lowest, middle, highest = np.percentile(curves, [0, 50, 100], axis=0)
    solved = []
    for curve in curves:
        first = -1
        for look in range(len(curve)):
            if curve[look] < limit:
                first = look
                break
        solved.append(first)
    return middle, lowest, highest, np.array(solved)


def look_by_look(curves, limit):
    middle, lowest, highest = [], [], []
    for column in np.asarray(curves).T:
        middle.append(np.median(column))
        lowest.append(min(column))
        highest.append(max(column))
    hits = [np.flatnonzero(np.asarray(curve) < limit) for curve in curves]
    solved = [int(hit[0]) if len(hit) else -1 for hit in hits]
    return np.array(middle), np.array(lowest), np.array(highest), np.array(solved)


def oracle(curves, limit):
    runs, looks = np.shape(curves)
    columns = [sorted(float(curves[run, look]) for run in range(runs)) for look in range(looks)]
    half = runs // 2
    middle = [c[half] if runs % 2 else (c[half - 1] + c[half]) / 2 for c in columns]
    solved = np.full(runs, -1.0)
    for look in reversed(range(looks)):
        solved[curves[:, look] < limit] = look
    return (
        np.array(middle),
        np.array([c[0] for c in columns]),
        np.array([c[-1] for c in columns]),
        solved,
    )


def cases(rng):
    def case(name, runs, looks):
        """Curves that fall below the limit and rise again, but for the last run, which never."""
        curves = rng.uniform(0.35, 1.0, (runs, looks)) + rng.uniform(0, 4, (runs, looks)) ** 2 / 8
        for run in range(runs - 1):
            first = 1 + (run + int(rng.integers(looks - 3))) % (looks - 3)
            curves[run, [first, first + 2]] = rng.uniform(0.01, 0.2, 2)
        curves[1, -1] = 0.5 * curves[:, -1].min()  # the best at the end is not the first
        return Case(name, (curves, 0.3))

    return [
        case("three runs, seven looks", 3, 7),
        case("five runs, eight looks", 5, 8),
        case("as many runs as looks", 6, 6),
        case("four runs, six looks", 4, 6),
    ]


def _mistake(name, title, question, pointer, *edits, keeps=0.0, source="constructed"):
    return Mistake(name, title, (question, pointer), edits, None, keeps, source)


MISTAKES = (
    _mistake(
        "mean-for-median",
        "the mean of the runs is taken; their median is asked for",
        "If one run of three fails, how far does it pull your curve?",
        "np.median takes the run in the middle.",
        ("np.median(curves", "np.mean(curves"),
        source="plots of mean and standard deviation",
    ),
    _mistake(
        "median-over-looks",
        "the median is taken along each run; it is asked for at each look, over the runs",
        "How many numbers should the median have: as many as runs, or as looks?",
        "The runs are the first axis: axis=0.",
        ("np.median(curves, axis=0)", "np.median(curves, axis=1)"),
    ),
    _mistake(
        "median-of-all",
        "one median is taken of all numbers together",
        "Which shape has your median?",
        "It is asked for at each look: axis=0.",
        ("np.median(curves, axis=0)", "np.median(curves)"),
    ),
    _mistake(
        "one-run-in-its-place",
        "the first run stands for all of them; the median of the runs is asked for",
        "Does your result change when the other runs do?",
        "Take the median over all runs, look by look.",
        ("np.median(curves, axis=0)", "curves[0]"),
        source="papers that show one run",
    ),
    _mistake(
        "best-run",
        "the run that is best at the end stands for all; the median is asked for",
        "What would your curve say if all runs but one had failed?",
        "Choosing the best run afterwards says more about luck than about the model.",
        ("np.median(curves, axis=0)", "curves[np.argmin(curves[:, -1])]"),
        source="papers that report the best of several runs",
    ),
    _mistake(
        "lowest-and-highest-exchanged",
        "the lowest and the highest are exchanged",
        "Which of the two should never be above the median?",
        "They come in the order median, lowest, highest.",
        ("return middle, lowest, highest", "return middle, highest, lowest"),
        keeps=0.5,
    ),
    _mistake(
        "band-of-deviations",
        "the band goes from the median by one standard deviation; lowest and highest are asked for",
        "Can an error be below zero? Can the lower edge of your band?",
        "np.min and np.max over the runs.",
        ("np.min(curves, axis=0)", "middle - np.std(curves, axis=0)"),
        ("np.max(curves, axis=0)", "middle + np.std(curves, axis=0)"),
        keeps=0.5, source="plots of mean and standard deviation",
    ),
    _mistake(
        "lowest-so-far",
        "the lowest is the lowest so far; that at each look is asked for",
        "Can your lowest rise?",
        "Take the least of the runs at each look by itself.",
        ("np.min(curves, axis=0)", "np.minimum.accumulate(np.min(curves, axis=0))"),
    ),
    _mistake(
        "never-is-look-0",
        "a run that never solves the task is said to have solved it at look 0",
        "What does argmax give where nothing is True?",
        "Ask .any() too, and say -1 where there is none.",
        ("np.where(below.any(axis=1), below.argmax(axis=1), -1)", "below.argmax(axis=1)"),
        source="argmax of an array of False",
    ),
    _mistake(
        "solved-above",
        "what is looked for is the first error above the limit",
        "Is a small error good or bad?",
        "Solved means below: curves < limit.",
        ("curves < limit", "curves > limit"),
    ),
    _mistake(
        "last-look-below",
        "what is given is the last look below the limit; the first is asked for",
        "After which look had the run solved the task for the first time?",
        "argmax gives the first True of a row.",
        ("below.argmax(axis=1)", "below.shape[1] - 1 - below[:, ::-1].argmax(axis=1)"),
    ),
    _mistake(
        "looks-below-counted",
        "what is given is how many looks were below the limit",
        "A run is below the limit at looks 5, 6 and 7. What does yours give?",
        "Its place is asked for, not how often: argmax, not sum.",
        ("below.argmax(axis=1)", "below.sum(axis=1)"),
    ),
    _mistake(
        "counted-from-one",
        "the looks are counted from 1; look 0 is the one before training",
        "Which number has the first look in NumPy?",
        "Leave the index as argmax gives it.",
        ("below.argmax(axis=1)", "below.argmax(axis=1) + 1"),
        keeps=0.5,
    ),
)  # fmt: skip

EXERCISE = Exercise(
    name="summarise",
    right=summarise,
    oracle=oracle,
    outputs={"median": "", "lowest": "", "highest": "", "solved": ""},
    cases=cases,
    mistakes=MISTAKES,
    praise="the middle, the whole range, and who solved it when: no run is left out.",
    hints=(
        "Which axis are the runs? Which result has a number for each look, which for each run?",
        "Median, least and greatest go over the runs, axis 0; the first look below, along a run.",
        "np.median, np.min, np.max with axis=0; (curves < limit).argmax(axis=1), -1 where never.",
    ),
    styles=(with_sorting, with_percentiles, look_by_look),
)
