"""The dialects by name."""

from __future__ import annotations

from collections.abc import Mapping

from reelmake.fake.azure import Azure, AzureJobs
from reelmake.fake.dialect import Dialect
from reelmake.fake.quirks import LiteLLM, Sglang, VllmOmni

DIALECTS: Mapping[str, type[Dialect]] = {d.name: d for d in (Dialect, LiteLLM, VllmOmni, Sglang, Azure, AzureJobs)}
