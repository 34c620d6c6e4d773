"""Workers in no sandbox, for the tests of what runs inside one."""

from tests.nbgrader_sandbox.workers import begin, begin_cold, cold_zygote, zygote

__all__ = ["begin", "begin_cold", "cold_zygote", "zygote"]
