"""Experiments: what the book says of training, measured; small files that a reader can run again.

    python -m lstm_ref.experiments --list        # what there is, and what is stale
    python -m lstm_ref.experiments forget_bias   # run what is stale of one

One file an experiment. It says which task, which models, which budget, and has one function
`run(seed, **settings)` that returns plain numbers. Results stand in `book/results/NAME.json`, each
with seed, settings, versions, command and time. Needs torch and tqdm.
"""

from importlib import import_module

from lstm_ref.experiments.experiment import Experiment

#: All experiments whose results the book has, in its order. Each is the module of its name.
NAMES = (
    *("at_start", "forget_bias", "blamed"),  # training
    *("lag_rates", "adding", "order", "two_sequence", "recalled", "reber"),  # long-lags
    *("copied", "digits", "echoed", "parity", "guessed", "few"),
    *("counting_rates", "counting", "counted"),
    *("ablation_rates", "ablations"),
    *("limits_cost", "limits_less_rates", "limits_less", "limits_dropout", "limits_dropout_long"),
    *("limits_draws", "limits_memory", "limits_room"),
    "inside",
    *("without_h_rates", "without_h", "attended", "scan_speed"),  # after
)


def experiment(name: str) -> Experiment:
    """Return the experiment of that name. Raises ValueError, with the known names, if none is."""
    if name not in NAMES:
        known = ", ".join(NAMES)
        raise ValueError(f"there is no experiment {name!r}; there are {known}")
    found: Experiment = import_module(f"lstm_ref.experiments.{name}").EXPERIMENT
    return found
