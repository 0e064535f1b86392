"""Takes and picks to an exact cut, and the cut to steps; pure."""
