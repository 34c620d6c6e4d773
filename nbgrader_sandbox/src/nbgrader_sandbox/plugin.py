"""Puts the engine into nbgrader: one line in nbgrader_config.py.

    import nbgrader_sandbox.plugin; nbgrader_sandbox.plugin.load(get_config())

From then on `nbgrader autograde` and the formgrader's button grade in sandboxed workers.
"""

from typing import Any

import nbgrader

#: The versions of nbgrader whose Autograde this engine was tried with.
TRIED = ("0.9.5", "0.9.6")


def load(c: Any) -> None:
    """Configure nbgrader by the traitlets configuration `c`. May be called more than once.

    Raises RuntimeError for a version of nbgrader that the engine was not tried with.
    """
    if nbgrader.__version__ not in TRIED:
        raise RuntimeError(
            f"nbgrader_sandbox was tried with nbgrader {' and '.join(TRIED)}, not with "
            f"{nbgrader.__version__}: install one of these, or take the line that loads "
            "nbgrader_sandbox out of nbgrader_config.py and grade without a sandbox."
        )
    from nbgrader_sandbox.clean.feedback import configure_feedback
    from nbgrader_sandbox.clean.formgrader import configure_formgrader

    configure_feedback(c)
    configure_formgrader(c)
    # nbgrader has no setting for its converters: the places that use them get ours.
    from nbgrader.apps import api, autogradeapp, generatefeedbackapp

    from nbgrader_sandbox.engine.autograde import SandboxAutograde
    from nbgrader_sandbox.engine.feedback import SandboxFeedback

    api.Autograde = autogradeapp.Autograde = SandboxAutograde
    api.GenerateFeedback = generatefeedbackapp.GenerateFeedback = SandboxFeedback
    if "release_feedback" not in c.ExchangeFactory:  # another exchange has its own
        ours = "nbgrader_sandbox.engine.release_feedback.SandboxReleaseFeedback"
        c.ExchangeFactory.release_feedback = ours
    # Should nbgrader's own converter run all the same, it grades nothing.
    guard = ["nbgrader_sandbox.plugin.NotLoaded"]
    c.Autograde.sanitize_preprocessors = guard
    c.Autograde.autograde_preprocessors = guard


def __getattr__(name: str) -> Any:
    """Make `NotLoaded` when it is asked for: importing nbgrader's preprocessors takes long."""
    if name != "NotLoaded":
        raise AttributeError(name)
    from nbgrader.preprocessors import NbGraderPreprocessor

    class NotLoaded(NbGraderPreprocessor):  # type: ignore[misc]
        """Stops a run in which nbgrader's own converter was used."""

        def preprocess(self, nb: Any, resources: Any) -> Any:
            raise RuntimeError("nbgrader_sandbox is configured, but nbgrader's own Autograde ran")

    return NotLoaded
