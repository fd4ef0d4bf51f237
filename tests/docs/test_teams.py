"""docs/teams.md against the settings, the manifest, the guard and what is said in chat."""

import re

from bot.settings import names
from bot.teams.app_package.package import AppFacts, manifest
from handlers.routes import COMMANDS
from handlers.views import messages
from handlers.views.accounts import link_code_card
from tasks.link_codes import LIVES, MOST_WRONG, WRONG_FOR
from tests.docs.pages import ROOT, quoted, table_after, words_of
from tests.handlers.views.people_examples import VIEWS

TEAMS = ROOT / "docs" / "teams.md"
TEXT = words_of(TEAMS)
SOURCES = "".join(path.read_text() for path in (ROOT / "bot" / "teams").glob("*.py"))
FACTS = AppFacts(
    app_id="i", version="1", public_url="https://h", company="c", website="https://w", privacy="p", terms="t"
)


def test_every_setting_it_names_exists_and_every_one_that_a_company_needs_is_named() -> None:
    named = set(re.findall(r"\b(?:TEAMS|SOC2)_[A-Z_]+\b", TEXT))
    assert named <= set(names())
    assert {"TEAMS_APP_ID", "TEAMS_APP_PASSWORD", "TEAMS_TENANT_ID", "TEAMS_APP_TYPE", "SOC2_PUBLIC_URL"} <= named


def test_all_that_the_manifest_asks_for_is_explained_and_nothing_else() -> None:
    made = manifest(FACTS)
    (bot,) = made["bots"]
    asked = [*bot["scopes"], *(name for name, value in bot.items() if value is True)]
    asked += [
        name for name in ("composeExtensions", "validDomains", "webApplicationInfo", "permissions") if name in made
    ]
    assert [quoted(row[0])[0] for row in table_after(TEAMS, "What it may do, and why")] == asked


def test_the_name_in_the_message_menu_is_the_manifests() -> None:
    for command in manifest(FACTS)["composeExtensions"][0]["commands"]:
        assert command["title"] in TEXT


def test_every_trouble_has_a_cause_and_a_cure() -> None:
    rows = table_after(TEAMS, "Trouble")
    assert len(rows) > 10
    assert all(len(row) == 3 and all(row) for row in rows)


def test_the_words_that_the_log_is_said_to_have_are_those_of_the_guard() -> None:
    named = {word for row in table_after(TEAMS, "Trouble") if "the log says" in row[0] for word in quoted(row[0])}
    assert len(named) >= 5
    for word in named:
        assert f'"{word}"' in SOURCES, word


def test_the_sentences_that_people_are_said_to_read_are_said() -> None:
    said = SOURCES + str(messages.stranger()) + (ROOT / "bot" / "teams_connection.py").read_text()
    told = (
        "I don't know you in this workspace yet",
        "I answer everybody in their own chat",
        "Microsoft gives no token",
        "soc2bot was removed from Teams",
    )
    for sentence in told:
        assert f"*{sentence}*" in TEXT
        assert sentence in said


def test_how_accounts_are_linked_is_told_as_it_is() -> None:
    minutes = int(LIVES.total_seconds() / 60)
    for page in (TEAMS, ROOT / "docs" / "people.md"):
        text = words_of(page)
        assert f"lives {minutes} minutes" in text
        assert (MOST_WRONG, WRONG_FOR.total_seconds()) == (5, 3600)
        assert "after five" in text
    assert "*Yes, that is me*" in TEXT
    assert "Yes, that is me" in str(VIEWS["link: asked about an unknown account"])
    assert f"lives {minutes} minutes" in str(link_code_card("A", ("slack",)))
    assert {"link", "notify", "home", "setup", "status", "tasks"} <= set(COMMANDS)
