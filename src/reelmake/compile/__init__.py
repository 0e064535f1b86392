"""Text to jobs, purely: read, schema, check, lower."""
