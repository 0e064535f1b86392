"""Against servers that nobody here wrote."""
