"""A person's eyes: opens pages of the service and names everything that is wrong with them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page

from tests.live import House

CHROMIUM = "/usr/bin/chromium"
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip
AXE = Axe()
# What the page itself says: width, attributes the content policy forbids, holes in sentences.
FAULTS = r"""() => {
  const faults = [];
  const { scrollWidth, clientWidth } = document.documentElement;
  if (scrollWidth > clientWidth) {
    const wide = [...document.body.querySelectorAll("*")].filter(
      (e) => e.getBoundingClientRect().right > clientWidth + 1 && !e.closest(".scroll, dialog"));
    faults.push(`wider than the window: ${scrollWidth} > ${clientWidth}: ` +
      wide.slice(-3).map((e) => `${e.tagName}.${e.getAttribute("class")}`).join(" "));
  }
  for (const element of document.querySelectorAll("*"))
    for (const { name } of element.attributes)
      if (name === "style" || name.startsWith("on"))
        faults.push(`attribute ${name} on ${element.tagName}`);
  const text = document.body.innerText;
  for (const hole of ["%(", "{{", "{%", "\nNone\n"])
    if (text.includes(hole))
      faults.push(`${hole} in: ${text.slice(Math.max(0, text.indexOf(hole) - 60)).slice(0, 120)}`);
  const chinese = document.documentElement.lang.startsWith("zh");
  const foreign = chinese ? /[A-Za-z]{2,} [a-z]{2,} [a-z]{2,}/ : null;
  const raw = new RegExp([
    String.raw`(?<![@\w.])[a-z_]{3,}\.(?!csv|pdf|docx|xlsx)[a-z_]{3,}(?![\w@])`, // an event
    String.raw`\b[A-Z]{3,}_[A-Z_]{2,}\b|^\s*[A-Z]{5,}\s*$`, // a status
    String.raw`\b[a-z]+_[a-z_]+\b`, // a column
    String.raw`\b[a-z_]{4,}:[A-Z0-9]`, // a reference
    String.raw`[\[{]'|Decimal\(`, // what Python calls it
    String.raw`\d\.\d*0{3}\b`, // a column's decimals
  ].join("|"));
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const { parentElement: element, textContent: words } = walker.currentNode;
    if (element.closest("[lang=en], .code, code, script, style, textarea")) continue;
    if (foreign && foreign.test(words)) faults.push(`English on a Chinese page: ${words.trim()}`);
    if (raw.test(words)) faults.push(`a code without words: ${words.trim().slice(0, 80)}`);
  }
  return faults;
}"""


@dataclass(frozen=True)
class View:
    """A language, a width and a theme to look in; `axe` are its rules, all of them if empty."""

    name: str
    prefix: str
    width: int
    theme: str
    axe: tuple[str, ...] = ()

    def open(self, browser: Browser, **more: Any) -> BrowserContext:
        """A window of this width."""
        return browser.new_context(
            viewport={"width": self.width, "height": 900}, color_scheme=self.theme,
            locale="en-GB" if self.prefix else "zh-CN", **more,
        )  # fmt: skip


ZH = View("zh", "", 1440, "light")
EN = View("en", "/en", 390, "dark", ("color-contrast", "target-size"))
VIEWS = (ZH, EN)


class Eyes:
    """One window of one person; every page seen is judged, `close` tells of all at once."""

    def __init__(self, house: House, view: View, window: BrowserContext) -> None:
        self.house, self.view, self.window = house, view, window
        self.page: Page = window.new_page()
        self.page.on("console", self._heard)
        self.page.on("pageerror", lambda error: self.faults.append(f"script: {error}"))
        self.faults: list[str] = []
        # What the console may say of a refusal this journey asks for, such as "status of 422".
        self.expected = ""

    def _heard(self, message: ConsoleMessage) -> None:
        if not self.expected or self.expected not in message.text:
            self.faults.append(f"{self.page.url} console: {message.text}")

    def visit(self, path: str) -> Page:
        """Open a page of this language and judge it."""
        answer = self.page.goto(f"{self.house.url}{self.view.prefix}{path}")
        if answer is None or answer.status != 200:
            self.faults.append(f"{path}: status {answer.status if answer else None}")
        self.judge()
        return self.page

    def judge(self) -> None:
        """The page as it stands now, once it is wholly there."""
        self.page.wait_for_load_state()
        self.page.locator("footer").first.wait_for()
        where = self.page.url.removeprefix(self.house.url)
        self.faults += [f"{where} {fault}" for fault in self.page.evaluate(FAULTS)]
        rules: dict[str, Any] = {"rules": {"target-size": {"enabled": True}}}
        if self.view.axe:
            rules = {"runOnly": {"type": "rule", "values": list(self.view.axe)}}
        for found in AXE.run(self.page, options=rules).response["violations"]:
            places = [node["html"][:160] for node in found["nodes"][:3]]
            self.faults.append(f"{where} axe {found['id']}: {found['help']} {places}")

    def menu(self) -> list[str]:
        """The addresses of the menu on this page, without the language."""
        links = self.page.locator("nav.side a, header nav.nav a, header .drawer__body a")
        found = links.evaluate_all("links => links.map((a) => a.getAttribute('href'))")
        return [href.removeprefix(self.view.prefix) for href in dict.fromkeys(found)]

    def walk(self, home: str) -> None:
        """The role's first page and everything its menu offers."""
        self.visit(home)
        for path in self.menu():
            if path != home:
                self.visit(path)

    def press(self, name: str, **more: Any) -> None:
        """Press the first button of this text and judge where it leads."""
        self.page.get_by_role("button", name=name, **more).first.click()
        self.page.wait_for_load_state()
        self.judge()

    def close(self) -> None:
        """Raises AssertionError with every fault seen."""
        self.window.close()
        assert not self.faults, "\n" + "\n".join(dict.fromkeys(self.faults))
