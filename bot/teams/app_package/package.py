"""The package that an admin uploads to Teams: manifest and icons, the same bytes every time."""

import json
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from io import BytesIO
from typing import Any
from urllib.parse import urlsplit

from handlers.routes import COMMANDS, HELP

ICONS = ("color.png", "outline.png")
TRIGGERS = ("mention", "slash")
LISTED: Mapping[str, Sequence[str]] = {
    "personal": (
        "help",
        "tasks",
        "home",
        "status",
        "review",
        "evidence",
        "request",
        "correct",
        "away",
        "access",
        "notify",
        "link",
    ),
    "team": ("help", "status", "tasks", "review", "evidence", "assign", "delegate", "controls", "people", "setup"),
    "groupChat": ("help", "status", "tasks", "review", "evidence", "controls", "people"),
}
"""What Teams offers while somebody types; it takes twelve a place. Everything else is understood all the same."""


@dataclass(frozen=True, kw_only=True)
class AppFacts:
    """What differs from one company to the next."""

    app_id: str
    version: str
    public_url: str
    company: str
    website: str
    privacy: str
    terms: str


def build_package(facts: AppFacts) -> bytes:
    package = BytesIO()
    with zipfile.ZipFile(package, "w") as archive:
        text = json.dumps(manifest(facts), ensure_ascii=False, indent=2) + "\n"
        _put(archive, "manifest.json", text.encode())
        for icon in ICONS:
            _put(archive, icon, _beside(icon))
    return package.getvalue()


def manifest(facts: AppFacts) -> dict[str, Any]:
    words = {**vars(facts), "host": urlsplit(facts.public_url).hostname or ""}
    filled: dict[str, Any] = _filled(json.loads(_beside("manifest.json")), words)
    filled["bots"][0]["commandLists"] = [_commands(scope, names) for scope, names in LISTED.items()]
    return filled


def _commands(scope: str, names: Sequence[str]) -> dict[str, Any]:
    what = {HELP[0]: HELP[1], **{name: command.what for name, command in COMMANDS.items()}}
    commands = [{"title": name, "description": what[name]} for name in names]
    return {"scopes": [scope], "triggers": list(TRIGGERS), "commands": commands}


def _filled(value: Any, words: Mapping[str, str]) -> Any:
    if isinstance(value, dict):
        return {key: _filled(inner, words) for key, inner in value.items()}
    if isinstance(value, list):
        return [_filled(inner, words) for inner in value]
    name = value[1:-1] if isinstance(value, str) and value.startswith("{") and value.endswith("}") else ""
    return words[name] if name else value


def _put(archive: zipfile.ZipFile, name: str, content: bytes) -> None:
    """Neither the day nor the machine leaves a trace; packed by no library, whose versions differ."""
    info = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
    info.create_system, info.external_attr = 3, 0o644 << 16
    archive.writestr(info, content, compress_type=zipfile.ZIP_STORED)


def _beside(name: str) -> bytes:
    return files(__package__).joinpath(name).read_bytes()
