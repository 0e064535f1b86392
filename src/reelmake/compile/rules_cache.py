"""Rules about where takes are shared (RM320 on). Nothing is asked, and no machine is known, here."""

from __future__ import annotations

from reelmake.compile.given import Given, Rule
from reelmake.compile.literals import has_password
from reelmake.diagnostics import Report
from reelmake.model.store_address import store_address


def remote(given: Given, report: Report) -> None:
    cache = given.board.cache
    if not cache.remote:
        return
    span = cache.spans.get("remote")
    if has_password(cache.remote):
        hint = "credentials come from the environment, as the vendor's own tools read them"
        report.error("RM504", "the address of the shared store contains a password", span, hint=hint)
        return
    try:
        store_address(cache.remote)
    except ValueError as error:
        hint = (
            "as in s3://bucket/prefix, gs://bucket/prefix, az://container/prefix, https://host/path or file:///folder"
        )
        report.error("RM320", f"this is not the address of a shared store: {error}", span, hint=hint)


RULES: tuple[Rule, ...] = (remote,)
