"""Any API of the form "POST a job, poll, fetch a link": the interpreter of vendors' files.

Not a kind itself: every file in providers/vendors, and every file that a storyboard names, is one. Knows no vendor.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reelmake.records import dataclass

if TYPE_CHECKING:
    from reelmake.model.storyboard import ProviderSpec
    from reelmake.model.vendor import Vendor
    from reelmake.providers.json_jobs.conversation import JsonJobs


@dataclass(frozen=True, slots=True)
class Interpreter:
    """What a module on the shelf is for its kind, a vendor's file is through this."""

    vendor: Vendor

    def converse(self, spec: ProviderSpec) -> JsonJobs:
        """The conversation with the vendor, by the options of a provider."""
        from reelmake.providers.json_jobs.conversation import JsonJobs

        return JsonJobs(self.vendor, str(spec.options.get("callback_url") or ""), spec.base_url)
