"""The dialects by name."""

from __future__ import annotations

from collections.abc import Mapping

from reelmake.fake.azure import Azure, AzureJobs
from reelmake.fake.dialect import ServerDialect
from reelmake.fake.quirks import LiteLLM, Sglang, VllmOmni

DIALECTS: Mapping[str, type[ServerDialect]] = {
    d.name: d for d in (ServerDialect, LiteLLM, VllmOmni, Sglang, Azure, AzureJobs)
}
