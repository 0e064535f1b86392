"""From a compiled storyboard to its layout: every file it names is looked at, and one graph of steps is laid out.

Compiled -> Layout, with the cuts, and every complaint that only files can give rise to. Knows nothing of
takes, keys or prices.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

from reelmake import catalog
from reelmake.assemble import captions
from reelmake.assemble.cutting import held_frames, timeline
from reelmake.assemble.sound_step import as_long_as
from reelmake.diagnostics import Report
from reelmake.errors import LocalTool, Mistake
from reelmake.model.compiled import Compiled, Variant
from reelmake.model.order import Order
from reelmake.model.step import BUILD, Input, Step
from reelmake.model.storyboard import BED
from reelmake.model.take import Record
from reelmake.plan.image_checks import suits
from reelmake.plan.layout import Layout, apart_by_words, provisional, with_lines
from reelmake.plan.shots import shot_steps
from reelmake.plan.spoken_lengths import Utterance, spoken_lengths
from reelmake.plan.step_graph import graph
from reelmake.ports import Inputs
from reelmake.prep.color_report import ColorReport
from reelmake.prep.materials import Footage, Materials, Pictures, check_trims
from reelmake.prep.spoken_lines import SpokenLines, Takes
from reelmake.prep.tools import made_with, report_lacks
from reelmake.store.notes import Notes

if TYPE_CHECKING:
    from reelmake.model.cut import Cut
    from reelmake.plan.image_checks import Fitting, Fittings


class LayoutBuilder:
    """Of a storyboard that was compiled without errors. `inputs`: the files it names; `notes`: what was seen of them
    before."""

    def __init__(self, script: Compiled, inputs: Inputs, notes: Notes) -> None:
        self._script, self._inputs, self._notes = script, inputs, notes
        self._report = Report()
        self._readings: dict[str, str] = {}  # of films and sounds by path

    def layout(
        self,
        records: Mapping[str, Record],
        elsewhere: Mapping[str, tuple[int, int]],
        expected: Callable[[Order], float],
        takes: Takes,
    ) -> Layout:
        """Raises Mistake with every diagnostic, those of compiling too, if it cannot be built.

        `records` by address, `elsewhere` by order: what people chose. `expected`: seconds a job will take. `takes`:
        what is made of lines.
        """
        lengths = self._lengths()
        lines = SpokenLines(takes, self._notes).of(self._script.variants, records, elsewhere)
        waits = self._spoken(lines, lengths)
        words = {address: line.words for address, line in lines.items()}
        self._materials()
        fittings = self._fittings()
        apart = _clash(self._script.variants)
        steps: list[Step] = []
        cuts: dict[str, Cut] = {}
        shots = {}
        variants = []
        for variant in self._script.variants:
            board = variant.board
            cut = cuts[board.variant] = timeline(board, variant.slates, lengths, self._report, catalog.complaint, words)
            captions.check(cut, board, self._report)
            variants.append(variant := self._scored(variant, cut))
            made = shots[board.variant] = shot_steps(variant.slates, records, expected, elsewhere, fittings)
            root = f"{BUILD}/{board.variant}" if apart and board.variant else BUILD
            steps += [*made.steps, *self._outputs(variant, cut, made.clips, root)]
        self._script = replace(self._script, variants=tuple(variants))
        if self._report.failed:
            raise Mistake(Report([*self._script.diagnostics, *self._report.sorted()]).sorted())
        steps = self._complete(ColorReport(self._inputs, self._notes).minded(steps))
        guessed = {address for address, line in lines.items() if not line.measured}
        folded = graph(steps, apart_by_words(self._script.variants, shots, waits, guessed))
        whole = with_lines(folded, {a: slate for v in variants for a, slate in v.slates.items()})
        hanging = provisional(whole, waits, guessed, cuts)
        return Layout(self._script, whole, cuts, shots, tuple(self._report.sorted()), hanging)

    def _lengths(self) -> dict[str, Fraction]:
        """Seconds of every shot's clip; footage is probed (its facts are kept by digest)."""
        footage = Footage(self._inputs, self._notes)
        slates = [slate for variant in self._script.variants for slate in variant.slates.values()]
        footage.look(slate.file for slate in slates if slate.length is None)
        lengths: dict[str, Fraction] = {}
        for variant in self._script.variants:
            for address, slate in variant.slates.items():
                if slate.length is not None:
                    lengths[address] = slate.length
                    continue
                try:
                    lengths[address] = footage.seconds(slate.file)
                    self._readings[slate.file] = footage.reading(slate.file)
                    if lengths[address] * variant.board.fps < Fraction(1, 2):
                        raise LocalTool("it is shorter than a frame of the cut")
                except LocalTool as error:
                    place = slate.spans.get("file") or slate.span
                    self._report.error("RM610", f"{slate.file} is not footage that can be used: {error}", place)
                    lengths[address] = Fraction(1)
        return lengths

    def _spoken(self, lines: Mapping[str, Utterance], lengths: dict[str, Fraction]) -> dict[str, str]:
        """Gives the shots, and `lengths`, the lengths that follow from what is said. Address of a shot whose length is
        a guess -> that of the line which has to be made first."""
        variants: list[Variant] = []
        waits: dict[str, str] = {}
        for variant in self._script.variants:
            if variant.board.lines:
                held, fps = held_frames(variant.board), variant.board.fps
                found = spoken_lengths(variant.slates, lines, lengths, held, fps, self._report)
                variant = replace(variant, slates=found.slates)
                waits.update(found.waits)
                lengths |= {a: slate.length for a, slate in found.slates.items() if slate.length is not None}
            variants.append(variant)
        self._script = replace(self._script, variants=tuple(variants))
        return waits

    def _scored(self, variant: Variant, cut: Cut) -> Variant:
        """With music that is made as long as the cut is."""
        music, address = variant.board.sound.music, variant.board.address(BED)
        if music is None or address not in variant.slates:
            return variant
        bed = as_long_as(cut, variant.slates[address], music, self._report)
        return replace(variant, slates={**variant.slates, address: bed})

    def _materials(self) -> None:
        """Tells of sounds, pictures, fonts and looks that cannot be used."""
        materials = Materials(self._inputs, self._notes)
        for variant in self._script.variants:
            check_trims(variant.board.sound, materials.check(variant.mentions, self._report), self._report)
        self._readings |= materials.readings

    def _fittings(self) -> Fittings:
        """Pictures that are fitted before they are sent."""
        pictures = Pictures(self._inputs, self._notes)
        found: dict[tuple[str, str], Fitting] = {}
        for variant in self._script.variants:
            found |= suits(variant.slates, pictures.look, pictures.frame, self._report)
        return found

    def _outputs(self, variant: Variant, cut: Cut, clips: Mapping[str, Input], root: str) -> list[Step]:
        """Steps of the outputs, below the folder `root`; none after an error: a cut that is wrong has none."""
        if self._report.failed:
            return []
        footage = {s.file: s.spans.get("file", s.span) for s in variant.slates.values() if s.file}
        steps: list[Step] = []
        for output in variant.board.outputs:
            wanted = catalog.output(output.path).steps(cut, variant.board, output, clips, root)
            report_lacks(output, wanted, self._inputs, footage, self._report)
            steps += wanted
        return steps

    def _complete(self, steps: list[Step]) -> list[Step]:
        """With the tools that their bytes depend on, what they read of files, and the place of the one shot that they
        are made of."""
        places = {a: s.spans.get("file", s.span) for v in self._script.variants for a, s in v.slates.items()}

        def complete(step: Step, tool: str) -> Step:
            if step.order:
                return replace(step, tool=tool) if tool else step
            inputs = tuple(replace(i, read=r) if (r := self._readings.get(i.file)) else i for i in step.inputs)
            place = places.get(step.shots[0]) if len(set(step.shots)) == 1 else None
            return replace(step, tool=tool, inputs=inputs, span=step.span or place)

        return [complete(step, made_with(step)) for step in steps]


def _clash(variants: tuple[Variant, ...]) -> bool:
    """Do two variants write the same path? Then every variant gets a folder of its own."""
    paths = [output.path for v in variants for output in v.board.outputs]
    return len(paths) != len(set(paths))
