"""The shelf of providers, one file (or folder) each; pure."""
