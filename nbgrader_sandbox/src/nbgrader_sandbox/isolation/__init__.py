"""Workers for code that nobody trusts: `Sandbox` makes them, `doctor` says how safely."""

from nbgrader_sandbox.isolation.connection import Connection
from nbgrader_sandbox.isolation.doctor import Diagnosis, diagnose, doctor
from nbgrader_sandbox.isolation.launch import ONE_THREAD
from nbgrader_sandbox.isolation.plan import Level, Plan, Resources, SandboxError
from nbgrader_sandbox.isolation.sandbox import Sandbox, start_shared
from nbgrader_sandbox.isolation.zygotes import Zygote

__all__ = [
    "ONE_THREAD",
    "Connection",
    "Diagnosis",
    "Level",
    "Plan",
    "Resources",
    "Sandbox",
    "SandboxError",
    "Zygote",
    "diagnose",
    "doctor",
    "start_shared",
]
