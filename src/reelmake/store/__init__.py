"""What is kept on disk: artifacts, takes, the journal, the lock file."""
