"""What changed of a sound, in words."""

from __future__ import annotations

from reelmake.plan.key import Change
from reelmake.report.heard_changes import heard


def test_only_what_its_author_changed_is_told() -> None:
    changes = [
        Change("frames", "10", "12"),
        Change("music", '{"duck":"8","gain":"-16","fade_out":"4"}', '{"duck":"8","gain":"-12","fade_out":"1/2"}'),
        Change("places", '[{"at":0,"frames":9},{"at":9,"frames":1}]', '[{"at":0,"frames":8},{"at":8,"frames":4}]'),
        Change("layers", '[{"at":1,"kind":"effect","gain":"0"}]', '[{"at":1,"kind":"effect","gain":"-3"},{"at":2}]'),
        Change("loudness", "-16", "-14"),
        Change("limiter", None, "1"),
        Change("odd", "{", "[]"),
    ]
    assert list(heard(changes)) == [
        Change("music", "gain -16 dB, fade out 4 s", "gain -12 dB, fade out 1/2 s"),
        Change("layers", "kind effect", "kind effect, gain -3 dB; a sound as it is"),
        Change("loudness", "-16", "-14"),
        Change("limiter", None, "1"),
        Change("odd", "{", "[]"),
    ]
