"""The plug-in behind `sketch`: `provider` is what reelmake loads, `prompt_reading` reads an order's words into a scene,
which is data, and `paint` makes a clip of it.
"""
