"""All attacks, by theme."""

from tests.nbgrader_sandbox.hostile.attacks_ends import ENDS, RESOURCES
from tests.nbgrader_sandbox.hostile.attacks_escape import ESCAPES
from tests.nbgrader_sandbox.hostile.attacks_files import FILES
from tests.nbgrader_sandbox.hostile.attacks_frames import INSIDE
from tests.nbgrader_sandbox.hostile.attacks_given_back import GIVEN_BACK
from tests.nbgrader_sandbox.hostile.attacks_imports import FAKES, STEALING
from tests.nbgrader_sandbox.hostile.attacks_kernel import KERNEL
from tests.nbgrader_sandbox.hostile.attacks_leaks import LEAKS
from tests.nbgrader_sandbox.hostile.attacks_links import LINKS
from tests.nbgrader_sandbox.hostile.attacks_markup import MARKUP
from tests.nbgrader_sandbox.hostile.attacks_metadata import METADATA
from tests.nbgrader_sandbox.hostile.attacks_numbers import NUMBERS, ODD
from tests.nbgrader_sandbox.hostile.attacks_objects import LYING
from tests.nbgrader_sandbox.hostile.attacks_oracles import ORACLES
from tests.nbgrader_sandbox.hostile.attacks_outlive import OUTLIVE
from tests.nbgrader_sandbox.hostile.attacks_pages import PAGES
from tests.nbgrader_sandbox.hostile.attacks_policy import POLICY
from tests.nbgrader_sandbox.hostile.attacks_protocol import PROTOCOL
from tests.nbgrader_sandbox.hostile.attacks_stages import STAGES
from tests.nbgrader_sandbox.hostile.attacks_state import STATE
from tests.nbgrader_sandbox.hostile.attacks_tests import REWRITING
from tests.nbgrader_sandbox.hostile.attacks_torch import TORCH
from tests.nbgrader_sandbox.hostile.attacks_values import VALUES
from tests.nbgrader_sandbox.hostile.attacks_work import WORK

ATTACKS = (
    *REWRITING,
    *LYING,
    *INSIDE,
    *FAKES,
    *STEALING,
    *METADATA,
    *ENDS,
    *RESOURCES,
    *ESCAPES,
    *PROTOCOL,
    *LEAKS,
    *POLICY,
    *MARKUP,
    *FILES,
    *WORK,
    *STATE,
    *NUMBERS,
    *ODD,
    *KERNEL,
    *TORCH,
    *GIVEN_BACK,
    *LINKS,
    *ORACLES,
    *OUTLIVE,
    *PAGES,
    *STAGES,
    *VALUES,
)
