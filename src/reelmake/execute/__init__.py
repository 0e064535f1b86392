"""Carries a plan out, through ports only."""
