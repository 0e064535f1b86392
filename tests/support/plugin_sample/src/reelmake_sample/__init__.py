"""A plug-in: a provider, a transition, an output with a work of its own, a command. Each is named by an entry point."""
