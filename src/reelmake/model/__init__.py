"""The nouns, as frozen dataclasses: one noun a file, no behaviour beyond arithmetic on themselves."""
