"""Measurements of what noc promises: traffic, drawing, the running wall, its keys. ``make bench``; no part of the tests.

Every figure stands beside its aim, a baseline that was measured in the same run, and the noise of the machine.
"""
