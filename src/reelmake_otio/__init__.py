"""The plug-in behind `.otio`: `output` is what reelmake loads, `work` says what stands in a timeline, and `timeline`
writes it, with OpenTimelineIO, which only that and `media` import.
"""
