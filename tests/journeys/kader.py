"""A kader at her phone: finds her way by the words on the screen, answers whatever is asked, and counts her taps.

Answers are given by form *role* and by the words on the screen, ``{"water": "Sumur"}``; a question without a given answer takes what the
app offers, else "Ya", else the first choice. One tap is one finger: a button, a row, or the box that is typed into next.
"""

import re
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from playwright.sync_api import Locator, Page, expect

from models.form.definition import load
from tests.journeys.questions import Question, read

Answers = dict[str, Any]
KINDS = {"isian": "household", "kk": "family", "warga": "member", "kejadian": "event"}
READY_MS = 20_000
SPOT = """async (target) => {
  const frame = () => new Promise((drawn) => requestAnimationFrame(() => drawn()))
  const place = () => {
    target.scrollIntoView({ block: 'center', behavior: 'instant' })
    const box = target.getBoundingClientRect()
    return [box.x + box.width / 2, box.y + box.height / 2]
  }
  let [x, y] = place()
  for (let still = 0, tries = 0; still < 3 && tries < 120; tries += 1) {
    await frame()
    const [left, top] = place()
    still = left === x && top === y ? still + 1 : 0
    ;[x, y] = [left, top]
  }
  const top = document.elementFromPoint(x, y)
  return top && (target.contains(top) || top.contains(target)) ? [x, y] : null
}"""


@dataclass
class Person:
    """Somebody behind a door, as she tells it."""

    name: str
    sex: str
    born: date
    kinship: str
    answers: Answers = field(default_factory=dict)

    @property
    def said(self) -> Answers:
        """All her answers by role."""
        sex = {"L": "Laki-laki", "P": "Perempuan"}[self.sex]
        return {"name": self.name, "kinship": self.kinship, "sex": sex, "born": self.born, **self.answers}


@dataclass
class Effort:
    """What a visit cost: fingers put down, and questions seen."""

    taps: int = 0
    questions: set[str] = field(default_factory=set)
    answered: set[str] = field(default_factory=set)

    @property
    def ratio(self) -> float:
        """Taps for each question that was shown."""
        return self.taps / max(1, len(self.questions))


class Kader:
    """Drives one page of the phone app."""

    def __init__(self, page: Page, url: str) -> None:
        self.page, self.url = page, url
        self.effort = Effort()
        self.names: dict[str, str] = {}
        page.set_default_timeout(READY_MS)

    # ---- fingers ----

    def tap(self, target: Locator) -> None:
        """Put one finger on something that stands still: it must be the topmost thing where it is touched."""
        self.effort.taps += 1
        spot = target.evaluate(SPOT)
        if spot is None:
            target.tap()
        else:
            self.page.mouse.click(*spot)

    def press(self, words: str, *, exact: bool = True) -> None:
        """Tap a button or a link by its words."""
        self.tap(self.page.locator("a, button").filter(has_text=_words(words, exact=exact)).filter(visible=True).first)

    def type(self, box: Locator, text: str) -> None:
        """Tap a box, unless the cursor stands in it already, and type."""
        if not box.evaluate("(box) => box === document.activeElement"):
            self.tap(box)
        box.fill(text)

    def sees(self, words: str | re.Pattern[str]) -> None:
        """Wait until these words stand somewhere on the screen."""
        expect(self.page.get_by_text(words).filter(visible=True).first).to_be_visible(timeout=READY_MS)

    @property
    def title(self) -> str:
        """The screen's only h1."""
        return self.page.locator("h1").inner_text()

    # ---- the app ----

    def open(self, hash_: str = "") -> None:
        """Open the app, as from its icon."""
        self.page.goto(f"{self.url}/app/{hash_}")

    def activate(self, code: str) -> None:
        """Type the activation code, and wait until the doors are here."""
        self.open()
        self.type(self.page.get_by_label("Kode aktivasi"), code)
        self.press("Mulai")
        self.at_home()
        self.synced()

    def at_home(self) -> None:
        """Wait for the home screen."""
        expect(self.page.get_by_role("link", name="Daftar rumah")).to_be_visible(timeout=READY_MS)

    def ready_for_offline(self) -> None:
        """Wait until the worker keeps all files of the app."""
        self.page.evaluate("async () => { await navigator.serviceWorker.ready }")

    def synced(self) -> None:
        """Wait until the status line says that all is at the server."""
        expect(self.page.locator(".status").first).to_contain_text("Semua sudah di server", timeout=READY_MS)

    def home(self) -> None:
        """Go to the first screen."""
        self.page.evaluate("() => { location.hash = '#/' }")
        self.at_home()

    def sync_screen(self) -> None:
        """Open what is waiting and what has arrived."""
        self.page.evaluate("() => { location.hash = '#/kirim' }")
        expect(self.page.get_by_role("heading", name="Kirim dan terima")).to_be_visible()

    def send(self) -> None:
        """Sync by the button and wait for the words."""
        self.sync_screen()
        self.press("Kirim sekarang")
        self.synced()
        expect(self.page.get_by_role("button", name="Kirim sekarang")).to_be_enabled(timeout=READY_MS)

    def list_doors(self) -> Locator:
        """Open the list; its lines."""
        self.page.evaluate("() => { location.hash = '#/rumah' }")
        expect(self.page.get_by_role("heading", name="Rumah", exact=True)).to_be_visible()
        return self.page.locator(".door-row")

    def open_door(self, name: str) -> str:
        """Open a door from the list by its name; its id."""
        self.list_doors().filter(has_text=name).first.tap()
        self.page.wait_for_function("() => /rumah\\/[^/]+$/.test(location.hash)")
        self.sees(name)
        return str(self.page.evaluate("() => location.hash")).split("/")[2]

    def only(self, filter_: str) -> Locator:
        """Show only the doors of one filter of the list; its lines."""
        lines = self.list_doors()
        button = self.page.locator("button.filter", has_text=re.compile(rf"^{filter_}\s*\d"))
        self.tap(button)
        expect(button).to_have_attribute("aria-pressed", "true")
        return lines

    def search(self, words: str) -> Locator:
        """Type into the list's search; the lines left."""
        lines = self.list_doors()
        self.type(self.page.get_by_role("searchbox"), words)
        return lines

    def step(self, words: str) -> None:
        """Go on by a button, a link or a row whose words begin so."""
        before = self.hash
        self.tap(self.page.locator("a, button").filter(has_text=re.compile(rf"^\s*{re.escape(words)}")).first)
        self.page.wait_for_function("(before) => location.hash !== before", arg=before)

    def outcome(self, words: str) -> None:
        """From a door's page: what came of a knock that collected nothing."""
        self.step("Tidak bisa didata")
        self.sees("Mengapa tidak bisa didata?")
        self.tap(self.page.locator("label.choice", has_text=re.compile(rf"^\s*{re.escape(words)}")))
        self.onward("Simpan hasil")
        self.sees("Tersimpan di HP")

    def to_check(self) -> None:
        """From a complete door's page to the questions before "tidak ada perubahan"; what is too old is asked first."""
        self.onward("Tidak ada perubahan")
        if "langkah=lama" in self.hash:
            self.still_the_same()
            self.onward("Lanjut")
        self.sees("Tidak ada perubahan?")

    def still_the_same(self) -> None:
        """Confirm every answer that is too old with one tap each."""
        while (button := self.page.get_by_role("button", name="Masih sama")).count():
            left = button.count()
            self.tap(button.first)
            expect(button).to_have_count(left - 1)

    def no_change(self) -> None:
        """From a complete door's page: nothing has changed."""
        self.to_check()
        self.onward("Tidak ada semuanya")
        self.sees("Tersimpan di HP")

    # ---- the form ----

    def survey(self, house: Answers, people: list[Person], family: Answers | None = None) -> None:
        """A whole visit from the door's page to "Simpan kunjungan"; the first person is the head, already listed by name."""
        self.press("Mulai kunjungan")
        self.onward("Lanjut mengisi")
        self.roster(people)
        self.onward("Lanjut")
        said = {person.name: person.said for person in people}
        self.walk(house, family or {}, said)
        self.finish()

    def save_part(self) -> None:
        """From a page of the form: end the visit with what there is."""
        self.onward("Daftar isi")
        self.place()
        self.onward("Akhiri")
        self.onward("Simpan sebagian")
        self.sees("Tersimpan di HP")

    def survey_roster(self, people: list[Person]) -> None:
        """A short visit from the door's page: only who lives there."""
        self.onward("Mulai kunjungan")
        self.onward("Lanjut mengisi")
        self.roster(people)
        self.onward("Lanjut")
        self.place()
        self.save_part()

    def change_house(self, page: str, house: Answers) -> None:
        """From the door's page: one page of the house by its title, and the visit saved as far as it came."""
        self.step(page)
        self.place()
        self.fill(house)
        self.save_part()

    def roster(self, people: list[Person]) -> None:
        """The first page of everybody, one after the other."""
        for place, person in enumerate(people):
            if place > 0:
                self.onward("Tambah lagi")
                self.settled_person()
            self.place()
            self.fill(person.said)

    def walk(self, house: Answers, family: Answers, people: dict[str, Answers]) -> None:
        """Page after page by "Lanjut", until the list of the visit has nothing more to ask."""
        while True:
            place = self.place()
            if place.section is None:
                if not self.page.get_by_role("link", name="Lanjut mengisi").is_visible():
                    return
                self.onward("Lanjut mengisi")
                continue
            self.fill({"household": house, "family": family}.get(place.kind) or self.said_of(place, people))
            self.onward("Lanjut")

    def said_of(self, place: "Place", people: dict[str, Answers]) -> Answers:
        """What the person of a page says; her name stands above the title."""
        words = self.page.locator(".top-sub").inner_text()
        return next((said for name, said in people.items() if name in words), {})

    def onward(self, words: str) -> None:
        """Tap a button that leads to another page, and wait for that page."""
        before = self.hash
        self.press(words)
        self.page.wait_for_function("(before) => location.hash !== before", arg=before)

    @property
    def hash(self) -> str:
        """Where the app says it is."""
        return str(self.page.evaluate("() => location.hash"))

    def place(self) -> "Place":
        """Which page of the form is open, once it stands on the screen."""
        path, _, query = self.hash.partition("?")
        parts = path.split("/")
        section = (
            parts[4]
            if parts[3] == "isian"
            else dict(pair.split("=") for pair in query.split("&") if pair).get("bagian")
        )
        found = Place(KINDS.get(parts[3], "visit"), parts[4] if parts[3] in {"kk", "warga"} else parts[2], section)
        if found.section is None:
            expect(self.page.locator(".steps-flat")).to_be_visible()
            return found
        form = load()
        title = next(one.title for one in form.kinds[found.kind].sections if one.id == found.section)
        expect(self.page.locator("h1")).to_have_text(title)
        expect(self.page.locator(f'.question[id^="q-{found.record}-"]').first).to_be_attached()
        return found

    def questions(self) -> list[Question]:
        """What the page asks."""
        return read(self.page)

    def settled_person(self) -> None:
        """Wait until the page of a new person has her own address."""
        self.page.wait_for_function("() => !location.hash.includes('/baru')")

    def fill(self, said: Answers) -> None:
        """Answer what is asked on this page: everything required, and of the rest what was said."""
        for _ in range(80):
            shown = read(self.page)
            self.effort.questions |= {one.name for one in shown}
            odd = next((one for one in shown if one.is_odd), None)
            if odd is not None:
                self.tap(self.box(odd).get_by_role("button", name="Benar, memang begitu"))
                continue
            todo = next((one for one in shown if self.wants(one, said)), None)
            if todo is None:
                return
            self.answer(todo, said.get(role_of(todo)))
            self.effort.answered.add(todo.name)
        raise AssertionError(f"never done with {self.hash}: {read(self.page)}")

    def wants(self, asked: Question, said: Answers) -> bool:
        """Whether a question still needs an answer: a required one without, or one that was told otherwise."""
        role = role_of(asked)
        if role not in said:
            return not asked.is_optional and not asked.is_answered
        return not _holds(asked, said[role])

    def box(self, asked: Question) -> Locator:
        """The box of a question."""
        return self.page.locator(f'[id="q-{asked.name}"]')

    def answer(self, asked: Question, wanted: Any) -> None:
        """Answer one question by its widget."""
        {"choice": self.pick, "choices": self.tick, "date": self.date, "text": self.write, "rows": self.lines}[
            asked.widget
        ](asked, wanted)

    def pick(self, asked: Question, wanted: Any) -> None:
        """One of several; a chosen group that asks for more gets the finer choice of a pair, else its first."""
        label, finer = wanted if isinstance(wanted, tuple) else (wanted or _likely(asked), "")
        is_open = label in asked.chosen and asked.finer
        self.choose(asked, finer or asked.finer[0].label) if is_open else self.choose(asked, label)

    def tick(self, asked: Question, wanted: Any) -> None:
        """Several of several."""
        for label in wanted or [_likely(asked)]:
            if label not in asked.chosen:
                self.choose(asked, label)

    def choose(self, asked: Question, label: str) -> None:
        """Tap one row."""
        self.tap(self.row(asked, label))

    def row(self, asked: Question, label: str) -> Locator:
        """The row with these words; the words of why it is offered may follow."""
        place = (
            [one.label for one in asked.options].index(label) if label in [one.label for one in asked.options] else -1
        )
        if place < 0:
            finer = [one.label for one in asked.finer].index(label)
            return self.page.locator(f'label.choice:has(input[name="{asked.name}-finer"])').nth(finer)
        names = ", ".join(f'label.choice:has(input[name="{name}"])' for name in (asked.name, f"{asked.name}-person"))
        return self.page.locator(names).nth(place)

    def date(self, asked: Question, wanted: Any) -> None:
        """Day, month and year in their boxes."""
        boxes = self.box(asked).locator(".date-boxes input")
        for place, part in enumerate((wanted.day, wanted.month, wanted.year)):
            self.type(boxes.nth(place), str(part))

    def write(self, asked: Question, wanted: Any) -> None:
        """A typed answer, or the offered one with one tap."""
        box = self.box(asked).locator("input.input").first
        if wanted is None and asked.offer is not None:
            self.tap(self.box(asked).locator(".choice-unconfirmed"))
            expect(box).not_to_have_value("")
        else:
            self.type(box, str(wanted if wanted is not None else "Uji"))

    def lines(self, asked: Question, wanted: Any) -> None:
        """One line of a table for each given, its questions answered in turn."""
        for line in wanted or [{}]:
            self.tap(self.box(asked).get_by_role("button", name="Tambah baris"))
            self.page.wait_for_function(
                "([id, n]) => document.getElementById(id).querySelectorAll('.rows-item').length === n",
                arg=[f"q-{asked.name}", (asked.rows or 0) + 1],
            )
            now = next(one for one in read(self.page) if one.name == asked.name)
            for column in now.lines:
                self.effort.questions.add(column.name)
                if column.is_answered or (column.is_optional and column.label not in line):
                    continue
                self.answer(column, line.get(column.label))

    def finish(self) -> None:
        """From the list of the visit to the door's page, by its two buttons."""
        self.onward("Selesaikan kunjungan")
        self.sees("Rumah ini lengkap")
        self.onward("Simpan kunjungan")
        self.sees("Tersimpan di HP")


@dataclass(frozen=True)
class Place:
    """A page of the form; without a section it is the list of the visit."""

    kind: str
    record: str
    section: str | None


def role_of(asked: Question) -> str:
    """The form's word for what a question asks, or its id where it has none."""
    for roles in load().roles.values():
        for role, field_id in roles.items():
            if field_id == asked.field:
                return str(role)
    return asked.field


def _holds(asked: Question, wanted: Any) -> bool:
    if isinstance(wanted, date):
        return [one.lstrip("0") for one in asked.dates] == [str(wanted.day), str(wanted.month), str(wanted.year)]
    if asked.widget == "rows":
        return asked.rows == len(wanted)
    if isinstance(wanted, tuple):
        return (
            asked.is_answered
            and wanted[0] in asked.chosen
            and wanted[1] in [one.label for one in asked.finer if one.is_chosen]
        )
    if isinstance(wanted, list):
        return set(asked.chosen) == set(wanted)
    if asked.options:
        return asked.is_answered and wanted in asked.chosen
    return (asked.text or "").replace(" ", "") == str(wanted).replace(" ", "")


def _likely(asked: Question) -> str:
    offered = [one.label for one in asked.options if one.is_offered]
    return (offered or [one.label for one in asked.options])[0]


def _words(words: str, *, exact: bool) -> re.Pattern[str]:
    return re.compile(rf"^\s*{re.escape(words)}\s*$" if exact else re.escape(words))
