"""A make-believe video service on loopback: speaks /v1/videos, renders clips, keeps a bill, obeys scripts."""
