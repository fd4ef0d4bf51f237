"""The style sheet, the script and the logo: read once, addressed by what is in them."""

from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

FOLDER = Path(__file__).parent / "static"
KINDS = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml"}


@dataclass(frozen=True, kw_only=True)
class Asset:
    content: bytes
    media_type: str

    @property
    def version(self) -> str:
        return sha256(self.content).hexdigest()[:12]


ASSETS = {
    path.name: Asset(content=path.read_bytes(), media_type=KINDS[path.suffix]) for path in sorted(FOLDER.iterdir())
}


def asset_url(name: str) -> str:
    return f"/web/static/{name}?v={ASSETS[name].version}"
