"""Reads a page the way a browser does, as far as the tests need it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = frozenset({"input", "img", "meta", "link", "br", "hr", "path", "rect"})


@dataclass
class Node:
    tag: str
    attributes: dict[str, str]
    text: str = ""
    inside: list["Node"] = field(default_factory=list)

    def all(self, tag: str, **wanted: str) -> list["Node"]:
        """Below this one, by tag and attributes; for_ and class_ stand for the reserved words."""
        names = {name.rstrip("_").replace("_", "-"): value for name, value in wanted.items()}
        return [node for node in self.below() if node.tag == tag and names.items() <= node.attributes.items()]

    def one(self, tag: str, **wanted: str) -> "Node":
        found = self.all(tag, **wanted)
        assert len(found) == 1, f"{len(found)} of <{tag} {wanted}>"
        return found[0]

    def below(self) -> list["Node"]:
        return [node for child in self.inside for node in (child, *child.below())]

    def words(self) -> str:
        return " ".join(" ".join([self.text, *(child.words() for child in self.inside)]).split())


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open = [Node("", {})]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert len({name for name, _ in attrs}) == len(attrs), f"an attribute twice on <{tag}>"
        node = Node(tag, {name: value or "" for name, value in attrs})
        self.open[-1].inside.append(node)
        if tag not in VOID:
            self.open.append(node)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        assert self.open[-1].tag == tag, f"</{tag}> inside <{self.open[-1].tag}>"
        self.open.pop()

    def handle_data(self, data: str) -> None:
        self.open[-1].text += data


def read(html: str) -> Node:
    """Fails on tags that are not closed, closed crosswise, or that carry an attribute twice."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    assert len(reader.open) == 1, f"<{reader.open[-1].tag}> is not closed"
    return reader.open[0]


def fields_of(form: Node) -> dict[str, str]:
    """What a browser would send without anybody touching the form, buttons left out."""
    return {node.attributes["name"]: node.attributes.get("value", "") for node in form.all("input", type="hidden")}


def button(page: Node, label: str) -> Mapping[str, str]:
    found = [node for node in page.all("button") if node.words() == label and "name" in node.attributes]
    assert len(found) == 1, f"{len(found)} buttons {label!r}"
    return {found[0].attributes["name"]: found[0].attributes["value"]}
