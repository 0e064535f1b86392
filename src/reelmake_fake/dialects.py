"""The dialects by name."""

from __future__ import annotations

from collections.abc import Mapping

from reelmake_fake.azure import Azure, AzureJobs
from reelmake_fake.dialect import ServerDialect
from reelmake_fake.quirks import LiteLLM, Sglang, VllmOmni

DIALECTS: Mapping[str, type[ServerDialect]] = {
    d.name: d for d in (ServerDialect, LiteLLM, VllmOmni, Sglang, Azure, AzureJobs)
}
