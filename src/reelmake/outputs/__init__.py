"""The shelf of output kinds, one file each; pure."""
