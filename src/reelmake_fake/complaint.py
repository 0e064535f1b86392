"""What the server says when it will not: an error of the dialect, before it is written down in one."""

from __future__ import annotations

from collections.abc import Mapping


class Complaint(Exception):
    """`kind`, `param`, `code`: type, param and code of the error body."""

    def __init__(
        self,
        status: int,
        message: str,
        *,
        kind: str = "invalid_request_error",
        param: str | None = None,
        code: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.kind = kind
        self.param = param
        self.code = code
        self.headers = headers or {}


def wrong(message: str, param: str | None = None, code: str | None = "invalid_value") -> Complaint:
    return Complaint(400, message, param=param, code=code)


def no_video(id: str) -> Complaint:
    return Complaint(404, f"Video with id '{id}' not found.", param="video_id", code="video_not_found")
