"""The shelf of transitions, one file each; pure."""
