"""Music on this machine: `score` writes a bed after the words of an order, `bed` plays it on `instruments`."""
