"""A page as a browser's parser sees it, and the portfolios that are put on pages."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import TYPE_CHECKING

import prodmode as pm

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

VOID = {"meta", "br", "input", "link", "img"}

HOSTILE = [
    "<script>alert(1)</script>",
    "</style></script><img src=x onerror=alert(1)>",
    '" onload="alert(1)',
    "' autofocus onfocus='alert(1)",
    "]]><b>bold</b><!--",
    "javascript:alert(1)",
    "&lt;i&gt;&amp;quot;",
    "$x^{2$ and $\\frac",
    "_under_score",
    "\u05e9\u05dc\u05d5\u05dd <i>",
    "x" * 300,
]


def hostile(word: str) -> str:
    """Return a hostile name for a word: the same for the same word, another for another."""
    at = sum(map(ord, word))
    return f"{HOSTILE[at % len(HOSTILE)]} {word}"


@dataclass
class Node:
    """An element."""

    tag: str
    attributes: dict[str, str]
    parent: Node | None = None
    children: list[Node | str] = field(default_factory=list)

    def walk(self) -> Iterator[Node]:
        yield self
        for child in self.children:
            if isinstance(child, Node):
                yield from child.walk()

    def all(self, tag: str, **attributes: str) -> list[Node]:
        return [
            node for node in self.walk() if node.tag == tag and attributes.items() <= node.attributes.items()
        ]

    def one(self, tag: str, **attributes: str) -> Node:
        found = self.all(tag, **attributes)
        assert len(found) == 1, f"{len(found)} of {tag} {attributes}"
        return found[0]

    @property
    def text(self) -> str:
        return "".join(child if isinstance(child, str) else child.text for child in self.children)


class _Builder(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = self.at = Node("", {})

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        assert len(names) == len(set(names)), f"<{tag}> has an attribute twice: {names}"
        node = Node(tag, {name: value or "" for name, value in attrs}, self.at)
        self.at.children.append(node)
        if tag not in VOID:
            self.at = node

    def handle_endtag(self, tag: str) -> None:
        assert self.at.tag == tag, f"</{tag}> ends <{self.at.tag}>"
        assert self.at.parent is not None
        self.at = self.at.parent

    def handle_data(self, data: str) -> None:
        self.at.children.append(data)


def tree(page: str) -> Node:
    """Return the elements of a page; every one must be closed where it should be."""
    builder = _Builder()
    builder.feed(page)
    builder.close()
    assert builder.at is builder.root
    return builder.root


def portfolio(say: Callable[[str], str]) -> pm.Instance:
    """Return a small portfolio with a bit of everything, each name passed through a function."""
    spring, autumn = say("spring of next year"), say("autumn of next year")
    stool, chair = say("stool"), say("chair")
    plant, east, press, hands = say("plant"), say("east"), say("press"), say("hands")
    return pm.Instance.from_records(
        pm.Settings(
            name=say("workshop"), description=say("Stools."), periods=(spring, autumn), carbon_price=50,
            discount_rate=0.08, currency="USD",
        ),
        [
            pm.Line(line=stool, name=say("Bar stool"), family=say("seats"), price=40, max_options=2),
            pm.Line(line=chair, family=say("chairs"), price=95, required=False),
            *(pm.Demand(line=stool, period=period, units=120) for period in (spring, autumn)),
            pm.Demand(line=chair, period=spring, units=30),
            pm.Site(site=plant, kind="plant"),
            pm.Site(site=east, name=say("Far East"), kind="supplier"),
            pm.Option(
                option=say("stool-press"), line=stool, mode="mass", site=plant, unit_cost=12, setup_cost=50,
                fixed_cost=90, requires=press, emissions_per_unit=2,
            ),
            pm.Option(
                option=say("stool-bought"), line=stool, mode="outsourced", site=east, unit_cost=25,
                emissions_per_unit=3,
            ),
            pm.Option(option=say("chair-hand"), line=chair, mode="custom", site=plant, unit_cost=50),
            pm.Resource(resource=hands, site=plant, unit=say("hours"), capacity=40),
            pm.Usage(option=say("stool-press"), resource=hands, per_unit=0.5),
            pm.Usage(option=say("chair-hand"), resource=hands, per_unit=0.5),
            pm.Investment(investment=press, name=say("A press"), site=plant, capex=500, salvage_share=0.2),
            pm.Budget(period=spring, capex_limit=600),
            pm.Budget(period=autumn, capex_limit=0),
            pm.Limit(limit=say("cap"), measure="emissions", max=10_000),
            pm.Scenario(scenario=say("dull"), probability=0.5),
            pm.Scenario(scenario=say("boom"), probability=0.5),
            pm.Change(scenario=say("boom"), quantity="demand", factor=1.25),
        ],
    )  # fmt: skip
