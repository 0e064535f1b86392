"""One run of one storyboard, from the approval of its plan to what is published."""
