"""What the documents say, taken apart."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
README = ROOT / "README.md"
PAGES = (README, ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md")))


def words_of(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def table_after(page: Path, heading: str) -> list[list[str]]:
    """The cells of the first table under a heading, without its two head lines."""
    under = words_of(page).partition(f"## {heading}\n")[2].partition("\n## ")[0]
    lines = [line for line in under.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def quoted(text: str) -> list[str]:
    """What stands between backticks."""
    return re.findall(r"`([^`\n]+)`", text)


def commands_in(page: Path, program: str) -> list[str]:
    """What follows the program's name in code: in backticks, or after a prompt in a block."""
    text = words_of(page)
    code = [*quoted(text), *re.findall(r"^\s*\$ (.+)$", text, re.M), *re.findall(r"^soc2 .+$", text, re.M)]
    found = (re.match(rf"(?:\.venv/bin/)?{program} (.+)", line.partition("#")[0].strip()) for line in code)
    return [match[1] for match in found if match]
