"""Prep, as film people call what comes before the shoot: all that has to be known of a project before it is planned,
looked at once and remembered. Knows nothing of runs.
"""
