"""The version of this program; the one place where it is written."""

__version__ = "0.1.0"
