"""The client of a bucket or container: obstore, with the credentials of this machine or with none.

Credentials are read from the environment under the names that the vendor's own tools have. Whoever has none reads as
everybody may. Knows nothing of what is in a bucket, or of who has allowed it to be asked.
"""

from __future__ import annotations

import atexit
import os
import sys
import threading
import time
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from reelmake.errors import LocalTool
from reelmake.model.store_address import Scheme, StoreAddress

if TYPE_CHECKING:
    from obstore.store import ClientConfig, ObjectStore, RetryConfig

EXTRAS = {"s3": "s3", "gs": "gcs", "az": "azure"}
_KEYS = {
    "s3": (
        "AWS_ACCESS_KEY_ID",
        "AWS_WEB_IDENTITY_TOKEN_FILE",
        "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
        "AWS_CONTAINER_CREDENTIALS_FULL_URI",
    ),
    "gs": ("GOOGLE_APPLICATION_CREDENTIALS", "GOOGLE_SERVICE_ACCOUNT", "GOOGLE_SERVICE_ACCOUNT_KEY"),
    "az": (
        "AZURE_STORAGE_ACCOUNT_KEY",
        "AZURE_STORAGE_KEY",
        "AZURE_STORAGE_SAS_TOKEN",
        "AZURE_STORAGE_SAS_KEY",
        "AZURE_STORAGE_TOKEN",
        "AZURE_CLIENT_SECRET",
        "AZURE_FEDERATED_TOKEN_FILE",
    ),
}
_ENDPOINTS = {  # all that obstore reads, too
    "s3": ("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL", "AWS_ENDPOINT"),
    "gs": ("GOOGLE_BASE_URL", "GOOGLE_SERVICE_ACCOUNT_KEY"),  # a key may name another server
    "az": ("AZURE_STORAGE_ENDPOINT", "AZURE_ENDPOINT", "AZURE_STORAGE_USE_EMULATOR"),
}
_GCLOUD = ".config/gcloud/application_default_credentials.json"
LEAVING = 0.1  # seconds in which a request that was called off says so
PATIENCE = 2.0  # seconds for those that are saying something


def missing(scheme: Scheme) -> str:
    """The command that installs what this scheme needs; "" if it is there."""
    from importlib.util import find_spec

    absent = scheme in EXTRAS and find_spec("obstore") is None
    return f'pip install "reelmake[{EXTRAS[scheme]}]"' if absent else ""


def credentials(scheme: Scheme) -> bool:
    """Does this machine have any, that it might write with?"""
    known = any(os.environ.get(name) for name in _KEYS.get(scheme, ()))
    return known or (scheme == "gs" and (Path.home() / _GCLOUD).exists())


def endpoint(scheme: Scheme) -> str:
    """Which server this machine asks in the place of the vendor's own; "" = none."""
    return next((said for name in _ENDPOINTS.get(scheme, ()) if (said := os.environ.get(name, ""))), "")


@cache
def leave_in_order(*, called_off: bool) -> None:
    """The threads of requests tell Python how they ended, and what they have told wakes its loop before they are back:
    Python may be at its end by then, and they abort the process. So that waits for them. `called_off`: and for those
    that have yet to tell it."""
    atexit.register(gone, LEAVING if called_off else 0)


def gone(pause: float) -> None:
    """Returns when no thread is in Python that Python has not started, or after PATIENCE."""
    time.sleep(pause)
    end = time.monotonic() + PATIENCE
    while sys._current_frames().keys() - {thread.ident for thread in threading.enumerate()} and time.monotonic() < end:
        time.sleep(0.001)  # in which they get what they wait for


def client(address: StoreAddress, *, own: bool, endurance: float) -> ObjectStore:
    """`own`: with the credentials of this machine, and by its endpoint. `endurance`: seconds for which a request is
    tried again; 0 = it is not. Raises LocalTool."""
    if install := missing(address.scheme):
        raise LocalTool(f"{address} needs the package obstore: {install}", next_steps=(install,))
    leave_in_order(called_off=False)
    from obstore.exceptions import BaseError
    from obstore.store import AzureStore, GCSStore, S3Store

    anonymous = not (own and credentials(address.scheme))
    server = endpoint(address.scheme) if own else ""
    options: ClientConfig = {
        "connect_timeout": timedelta(seconds=5),
        "read_timeout": timedelta(seconds=30),  # in which nothing comes, of an answer as of a clip
        "timeout": timedelta(hours=6),  # of a whole clip
        "allow_http": own,  # as an endpoint of one's own may be
    }
    retry: RetryConfig = {
        "max_retries": 10 if endurance else 0,
        "retry_timeout": timedelta(seconds=endurance),
        "backoff": {
            "init_backoff": timedelta(seconds=0.1),
            "max_backoff": timedelta(seconds=max(0.2, endurance / 10)),
            "base": 2,
        },
    }
    place, prefix = address.place, address.path or None
    try:
        match address.scheme:
            case "s3":
                given = {"endpoint": server} if server else {}
                return S3Store(
                    place,
                    prefix=prefix,
                    client_options=options,
                    retry_config=retry,
                    skip_signature=anonymous,
                    **given,  # type: ignore[arg-type]
                )
            case "gs":
                return GCSStore(
                    place, prefix=prefix, client_options=options, retry_config=retry, skip_signature=anonymous
                )
            case _:
                return AzureStore(
                    place, prefix=prefix, client_options=options, retry_config=retry, skip_signature=anonymous
                )
    except (BaseError, ValueError) as error:
        raise LocalTool(f"{address} cannot be asked: {str(error).splitlines()[0]}") from None
