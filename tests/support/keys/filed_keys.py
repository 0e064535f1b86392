"""A keyring in a file, for tests: PYTHON_KEYRING_BACKEND=filed_keys.FiledKeys, KEYS=file: {service: {name: secret}}."""

from __future__ import annotations

import json
import os
from pathlib import Path

from keyring.backend import KeyringBackend
from keyring.errors import KeyringError


class FiledKeys(KeyringBackend):
    priority = 0.1  # type: ignore[assignment]

    def get_password(self, service: str, username: str) -> str | None:
        try:
            return json.loads(Path(os.environ["KEYS"]).read_text()).get(service, {}).get(username)
        except OSError:
            raise KeyringError("locked") from None

    def set_password(self, service: str, username: str, password: str) -> None:
        raise NotImplementedError

    def delete_password(self, service: str, username: str) -> None:
        raise NotImplementedError
