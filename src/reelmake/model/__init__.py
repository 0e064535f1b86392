"""The nouns, as frozen dataclasses: one subject a file, no behaviour beyond arithmetic on themselves."""
