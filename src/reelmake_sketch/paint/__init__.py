"""The painting half of `sketch`: a scene as data becomes an mp4, the same bytes for the same order."""
