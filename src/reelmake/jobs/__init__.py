"""What a person decides about single orders and what providers keep."""
