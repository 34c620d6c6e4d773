"""Timings of the reference against what others made: `python -m benchmarks.NAME`.

Nothing here is imported by the package or asserted by a test: a time is a fact about a machine.
"""
