"""Jobs and records to decisions, purely: key, graph, verdict, the state machine."""
