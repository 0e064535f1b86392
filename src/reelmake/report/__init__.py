"""How events and plans are shown."""
