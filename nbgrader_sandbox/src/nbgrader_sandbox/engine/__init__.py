"""Grades notebooks that nobody trusts: the trusted side of the boundary."""
