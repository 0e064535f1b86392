"""The plug-in behind `sketch`: `provider` is what reelmake loads, `making` hands an order to whoever makes its medium.

`prompt_reading` reads an order's words into a scene, which is data, `paint` makes a clip or a still of it; `speak` says
lines, `play` makes music.
"""
