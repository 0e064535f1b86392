"""The machine we run on: its time, its secrets and where they may go, connections to providers."""
