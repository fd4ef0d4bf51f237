from dataclasses import replace
from datetime import timedelta

from tasks.conversations import Conversation, FileLink
from tasks.ports import UnitOfWork
from tests.builders import utc

NOON = utc(2026, 11, 3, 12)
OLGA = Conversation(
    platform="teams",
    external_id="olga",
    conversation="a:olga",
    service_url="https://smba.trafficmanager.net/emea/",
    tenant="acme",
    seen_at=NOON,
)
TEAM = replace(OLGA, external_id="19:it", conversation="19:it", group=True, seen_at=NOON - timedelta(hours=1))


def test_nobody_is_reached_before_the_platform_has_told_how(uow: UnitOfWork) -> None:
    assert uow.conversations.find("teams", "olga") is None
    assert uow.conversations.named("teams", "a:olga") is None
    assert uow.conversations.latest("teams") is None
    assert list(uow.conversations.groups("teams")) == []


def test_a_conversation_is_found_by_its_person_and_by_its_own_id(uow: UnitOfWork) -> None:
    uow.conversations.save(OLGA)
    assert uow.conversations.find("teams", "olga") == OLGA
    assert uow.conversations.named("teams", "a:olga") == OLGA


def test_the_last_one_saved_for_a_person_counts(uow: UnitOfWork) -> None:
    moved = replace(OLGA, conversation="a:other", service_url="https://smba.trafficmanager.net/amer/")
    uow.conversations.save(OLGA)
    uow.conversations.save(moved)
    assert uow.conversations.find("teams", "olga") == moved
    assert uow.conversations.named("teams", "a:olga") is None


def test_the_latest_is_the_one_heard_of_last_and_groups_are_told_apart(uow: UnitOfWork) -> None:
    uow.conversations.save(TEAM)
    uow.conversations.save(OLGA)
    assert uow.conversations.latest("teams") == OLGA
    assert list(uow.conversations.groups("teams")) == [TEAM]


def test_a_forgotten_conversation_is_gone_and_forgetting_it_again_harms_nobody(uow: UnitOfWork) -> None:
    uow.conversations.save(OLGA)
    uow.conversations.forget("teams", "olga")
    uow.conversations.forget("teams", "olga")
    assert uow.conversations.find("teams", "olga") is None


def test_each_platform_has_its_own_conversations(uow: UnitOfWork) -> None:
    uow.conversations.save(OLGA)
    assert uow.conversations.find("slack", "olga") is None
    assert uow.conversations.latest("slack") is None


def test_another_workspaces_conversations_are_not_ours(uow: UnitOfWork, elsewhere: UnitOfWork) -> None:
    uow.conversations.save(OLGA)
    assert elsewhere.conversations.find("teams", "olga") is None
    assert elsewhere.conversations.latest("teams") is None


def test_a_files_link_is_found_until_it_is_too_old(uow: UnitOfWork) -> None:
    link = FileLink(platform="teams", reference="f1", url="https://acme.sharepoint.com/f1?tempauth=x", at=NOON)
    uow.file_links.save(link)
    assert uow.file_links.find("teams", "f1") == link
    assert uow.file_links.forget_before(NOON) == 0
    assert uow.file_links.forget_before(NOON + timedelta(seconds=1)) == 1
    assert uow.file_links.find("teams", "f1") is None


def test_the_last_link_of_a_file_counts(uow: UnitOfWork) -> None:
    link = FileLink(platform="teams", reference="f1", url="https://acme.sharepoint.com/f1?tempauth=x", at=NOON)
    newer = replace(link, url="https://acme.sharepoint.com/f1?tempauth=y", at=NOON + timedelta(minutes=1))
    uow.file_links.save(link)
    uow.file_links.save(newer)
    assert uow.file_links.find("teams", "f1") == newer


def test_another_workspaces_files_are_not_ours(uow: UnitOfWork, elsewhere: UnitOfWork) -> None:
    uow.file_links.save(FileLink(platform="teams", reference="f1", url="https://acme.sharepoint.com/f1", at=NOON))
    assert elsewhere.file_links.find("teams", "f1") is None
