"""Speech on this machine: a real voice where one is installed, else a scratch voice that babbles the words in time."""
