"""The app package against Microsoft's schema, what is registered, and what the command says."""

import importlib
import json
import logging
import subprocess
import sys
import zipfile
import zlib
from collections.abc import Iterator
from importlib.metadata import version
from io import BytesIO
from pathlib import Path

import jsonschema
import pytest
import structlog

from bot.cli import app
from bot.settings import names
from bot.teams.app_package.package import LISTED, AppFacts, build_package, manifest
from handlers.routes import COMMANDS, HELP, SHORTCUTS

ROOT = Path(__file__).parents[3]
SCHEMA = jsonschema.Draft4Validator(
    json.loads((ROOT / "tests/schemas/teams-app-manifest.schema.1.29.json").read_text())
)
"""Not checked itself: some of its patterns are of a kind that Python does not know."""
APP_ID = "11111111-2222-3333-4444-555555555555"
TENANT = "99999999-2222-3333-4444-555555555555"
FACTS = AppFacts(
    app_id=APP_ID,
    version="1.2.3",
    public_url="https://soc2.example.com:8443",
    company='Acme "Robotics"',
    website="https://acme.example",
    privacy="https://acme.example/privacy",
    terms="https://acme.example/terms",
)
MANIFEST = manifest(FACTS)
BOT = MANIFEST["bots"][0]


def unpacked(package: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(BytesIO(package)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def pixels(picture: bytes) -> tuple[int, int, bytes]:
    """Width, height and four bytes a pixel, of a PNG whose lines are not filtered."""
    assert picture.startswith(b"\x89PNG\r\n\x1a\n")
    width, height, depth, kind = (int.from_bytes(picture[16:20]), int.from_bytes(picture[20:24]), *picture[24:26])
    assert (depth, kind) == (8, 6), "eight bits of red, green, blue and opacity each"
    start, size = picture.index(b"IDAT") + 4, int.from_bytes(picture[picture.index(b"IDAT") - 4 :][:4])
    lines, line = zlib.decompress(picture[start : start + size]), width * 4 + 1
    assert {lines[row * line] for row in range(height)} == {0}
    return width, height, b"".join(lines[row * line + 1 : (row + 1) * line] for row in range(height))


# the manifest


def test_the_manifest_is_valid_by_microsofts_schema() -> None:
    SCHEMA.validate(MANIFEST)


def test_the_schema_would_find_a_mistake() -> None:
    with pytest.raises(jsonschema.ValidationError):
        SCHEMA.validate({**MANIFEST, "bots": [{**BOT, "scopes": ["everywhere"]}]})


def test_nothing_is_left_to_fill_in() -> None:
    text = json.dumps(MANIFEST)
    assert "{app_id}" not in text
    assert text.count(APP_ID) == 3
    assert MANIFEST["developer"] == {
        "name": 'Acme "Robotics"',
        "websiteUrl": "https://acme.example",
        "privacyUrl": "https://acme.example/privacy",
        "termsOfUseUrl": "https://acme.example/terms",
    }
    assert (MANIFEST["version"], MANIFEST["validDomains"]) == ("1.2.3", ["soc2.example.com"])


def test_the_bot_talks_to_people_in_teams_and_in_groups_and_takes_files() -> None:
    assert BOT["scopes"] == ["personal", "team", "groupChat"]
    assert BOT["supportsFiles"] is True
    assert BOT["isNotificationOnly"] is False


def test_it_asks_for_no_permission_of_the_graph_or_of_a_device() -> None:
    asking = {"permissions", "devicePermissions", "authorization", "webApplicationInfo", "configurableTabs"}
    assert not asking & set(MANIFEST)


def test_every_listed_command_is_registered_and_every_registered_one_is_listed_somewhere() -> None:
    assert {name for listed in LISTED.values() for name in listed} == {HELP[0], *COMMANDS}


def test_each_scope_of_the_bot_has_one_list_of_at_most_twelve_that_begins_with_help() -> None:
    lists = BOT["commandLists"]
    assert [one["scopes"] for one in lists] == [[scope] for scope in BOT["scopes"]]
    for one in lists:
        titles = [command["title"] for command in one["commands"]]
        assert titles[0] == "help"
        assert len(titles) == len(set(titles)) <= 12


def test_commands_are_offered_after_a_mention_and_after_a_slash() -> None:
    assert {tuple(one["triggers"]) for one in BOT["commandLists"]} == {("mention", "slash")}
    assert BOT["supportsTargetedMessages"] is True


def test_what_a_command_does_is_said_as_in_help() -> None:
    said = {one["title"]: one["description"] for listed in BOT["commandLists"] for one in listed["commands"]}
    assert said == {HELP[0]: HELP[1], **{name: command.what for name, command in COMMANDS.items()}}


def test_what_stands_in_a_messages_menu_is_what_is_registered_and_opens_a_form() -> None:
    (extension,) = MANIFEST["composeExtensions"]
    assert {one["id"] for one in extension["commands"]} == set(SHORTCUTS)
    for command in extension["commands"]:
        assert (command["type"], command["context"], command["fetchTask"]) == ("action", ["message"], True)


# the package


def test_the_package_holds_the_manifest_and_its_icons_and_nothing_else() -> None:
    found = unpacked(build_package(FACTS))
    assert set(found) == {"manifest.json", *MANIFEST["icons"].values()}
    assert json.loads(found["manifest.json"]) == MANIFEST


def test_the_same_facts_make_the_same_bytes() -> None:
    assert build_package(FACTS) == build_package(FACTS)
    with zipfile.ZipFile(BytesIO(build_package(FACTS))) as archive:
        assert {(one.date_time, one.create_system) for one in archive.infolist()} == {((1980, 1, 1, 0, 0, 0), 3)}


def test_the_icons_have_the_sizes_and_colours_that_teams_asks_for() -> None:
    found = unpacked(build_package(FACTS))
    width, height, color = pixels(found["color.png"])
    assert (width, height, set(color[3::4])) == (192, 192, {255})
    width, height, outline = pixels(found["outline.png"])
    assert (width, height) == (32, 32)
    shown = [outline[at : at + 3] for at in range(0, len(outline), 4) if outline[at + 3]]
    assert set(shown) == {b"\xff\xff\xff"}
    assert 100 < len(shown) < 600


def test_the_icons_are_those_that_the_script_draws(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(ROOT / "docs"))
    script = importlib.import_module("make_teams_icons")
    drawn = {"color.png": script.draw(192, script.color_icon), "outline.png": script.draw(32, script.outline_icon)}
    for name, wanted in drawn.items():
        found = (ROOT / "bot/teams/app_package" / name).read_bytes()
        assert pixels(script.png(wanted)) == pixels(found), f"{name}: run docs/make_teams_icons.py"


def test_a_wheel_can_make_the_package_too(tmp_path: Path) -> None:
    build = (
        "import sys; from hatchling.builders.wheel import WheelBuilder; "
        "print(*WheelBuilder('.').build(directory=sys.argv[1]))"
    )
    command = [sys.executable, "-c", build, str(tmp_path)]
    built = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    with zipfile.ZipFile(built.stdout.split()[-1]) as wheel:
        inside = set(wheel.namelist())
    assert {f"bot/teams/app_package/{name}" for name in ("manifest.json", "color.png", "outline.png")} <= inside


# the command


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    monkeypatch.chdir(tmp_path)
    for name in names():
        monkeypatch.delenv(name, raising=False)
    given = {
        "TEAMS_APP_ID": APP_ID,
        "TEAMS_APP_PASSWORD": "a secret of theirs",
        "TEAMS_TENANT_ID": TENANT,
        "SOC2_PUBLIC_URL": "https://soc2.acme.example",
    }
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    handlers, level = logging.root.handlers[:], logging.root.level
    yield monkeypatch
    logging.root.handlers[:] = handlers
    logging.root.setLevel(level)
    structlog.reset_defaults()


def run(*words: str) -> int:
    with pytest.raises(SystemExit) as ended:
        app(["teams", "package", *words])
    return int(ended.value.code or 0)


def test_the_command_writes_a_package_with_the_companys_ids(
    settings: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("--company", "Acme Robotics") == 0
    written = json.loads(unpacked(Path("soc2bot-teams.zip").read_bytes())["manifest.json"])
    SCHEMA.validate(written)
    assert (written["id"], written["bots"][0]["botId"], written["version"]) == (APP_ID, APP_ID, version("soc2bot"))
    assert (written["developer"]["name"], written["validDomains"]) == ("Acme Robotics", ["soc2.acme.example"])
    assert "soc2bot-teams.zip" in capsys.readouterr().out


def test_no_secret_is_in_the_package(settings: pytest.MonkeyPatch) -> None:
    run("--out", "app.zip")
    assert b"a secret of theirs" not in Path("app.zip").read_bytes()


@pytest.mark.parametrize(
    ("change", "words", "said"),
    [
        ({"TEAMS_APP_ID": "", "TEAMS_APP_PASSWORD": "", "TEAMS_TENANT_ID": ""}, [], "TEAMS_APP_ID is missing"),
        ({"SOC2_PUBLIC_URL": "http://soc2.acme.example"}, [], "SOC2_PUBLIC_URL must begin with https://"),
        ({}, ["--company", "A company with a name of thirty-three"], "--company takes 1 to 32"),
        ({}, ["--privacy", "http://acme.example"], "--privacy must begin with https://"),
    ],
)
def test_what_is_missing_is_said_and_nothing_is_written(
    settings: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    change: dict[str, str],
    words: list[str],
    said: str,
) -> None:
    for name, value in change.items():
        settings.setenv(name, value)
    assert run(*words) == 2
    assert said in capsys.readouterr().err
    assert not Path("soc2bot-teams.zip").exists()


def test_a_folder_that_is_not_there_is_named(settings: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--out", "missing/app.zip") == 1
    assert capsys.readouterr().err == "missing/app.zip can't be written: No such file or directory.\n"
