"""Where a storyboard says that takes are shared, and such an address, read into its parts. Knows nothing of who may go
there, or how."""

from __future__ import annotations

import re
from posixpath import normpath
from typing import Literal, cast, get_args
from urllib.parse import unquote, urlsplit

from reelmake.diagnostics import Placed
from reelmake.records import dataclass

Scheme = Literal["s3", "gs", "az", "https", "file"]
_BUCKET = re.compile(r"[a-z0-9][a-z0-9._-]{1,62}")


Push = Literal["auto", "never"]


@dataclass(frozen=True, slots=True)
class Cache(Placed):
    """Where takes are shared, as the storyboard says. `remote`: an address, "" = nowhere."""

    remote: str = ""
    push: Push = "auto"


@dataclass(frozen=True, slots=True)
class StoreAddress:
    """`place`: the bucket or container; of https the host, with its port if that is said; of file "". `path`: without a
    slash at its ends; of file the folder, absolute."""

    scheme: Scheme
    place: str
    path: str

    def __str__(self) -> str:
        return f"{self.scheme}://{self.place}{'' if self.path.startswith('/') or not self.path else '/'}{self.path}"


def store_address(text: str) -> StoreAddress:
    """Raises ValueError, which says what is wrong with it, for people."""
    try:
        url = urlsplit(text)
        port = url.port
    except ValueError:
        raise ValueError("it cannot be read") from None
    if url.scheme not in get_args(Scheme) or "://" not in text:
        raise ValueError("it does not begin with s3://, gs://, az://, https:// or file:///")
    if "?" in text or "#" in text or "@" in url.netloc:
        raise ValueError("it has more than a place and a path: what gives access is not written down")
    path = unquote(url.path)
    if any(not part.isprintable() or part in (".", "..") for part in path.split("/")):
        raise ValueError("its path has a . or .., or characters that cannot be printed, in it")
    scheme = cast("Scheme", url.scheme)
    if scheme == "file":
        if url.netloc not in ("", "localhost") or not path.startswith("/"):
            raise ValueError("a folder is named from the root, as in file:///mnt/team/film")
        return StoreAddress(scheme, "", normpath(f"/{path.strip('/')}"))
    if scheme == "https":
        if not url.hostname:
            raise ValueError("it names no host")
        return StoreAddress(scheme, url.hostname + (f":{port}" if port else ""), path.strip("/"))
    if not _BUCKET.fullmatch(url.netloc):
        raise ValueError(f'"{url.netloc}" cannot be the name of a bucket' if url.netloc else "it names no bucket")
    return StoreAddress(scheme, url.netloc, path.strip("/"))
