"""What a page of the form shows, read from the page itself: one line per question, whatever its widget.

A question's box is ``q-RECORD-FIELD``; a line of a table has boxes of its own, ``q-RECORD-FIELD-ROW-COLUMN``, which ``READ`` leaves to
the question they belong to.
"""

from dataclasses import dataclass, field
from typing import Any

READ = """() => {
  const own = (q, css) => [...q.querySelectorAll(css)].filter((one) => one.closest('.question') === q)
  return [...document.querySelectorAll('.question[id^="q-"]')].map((q) => {
    const name = q.id.slice(2)
    const option = (input) => {
      const label = input.closest('label')
      const small = label.querySelector('small')
      const words = label.querySelector('span').cloneNode(true)
      words.querySelectorAll('small').forEach((one) => one.remove())
      return { label: words.textContent.trim(), why: small ? small.textContent : '', type: input.type,
               is_chosen: input.checked, is_offered: label.classList.contains('choice-unconfirmed') }
    }
    const inputs = own(q, 'input')
    const choices = inputs.filter((one) => one.name === name || one.name === name + '-person')
    const finer = inputs.filter((one) => one.name === name + '-finer')
    const dates = own(q, '.date-boxes input')
    const box = dates.length > 0 ? null : inputs.find((one) => one.id === name)
    const offer = own(q, '.offer-text, .stepper .choice-unconfirmed')[0]
    const said = own(q, '.question-label')[0]
    return {
      name, is_line: q.closest('.rows') !== null,
      label: said.textContent.replace(/\\(boleh kosong\\)/, '').trim(),
      is_optional: said.querySelector('.optional') !== null,
      options: choices.map(option), finer: finer.map(option), dates: dates.map((one) => one.value),
      text: box ? box.value : null, offer: offer ? offer.textContent : null,
      is_marked: own(q, '.nonresponse input').some((one) => one.checked),
      rows: q.querySelector('.rows') ? q.querySelectorAll('.rows-item').length : null,
      is_expired: own(q, '.offer').length > 0 && own(q, '.offer')[0].textContent.includes('Masih sama'),
      is_odd: own(q, '.warning button').length > 0,
    }
  })
}"""


@dataclass(frozen=True)
class Option:
    """One row of a choice."""

    label: str
    why: str
    type: str
    is_chosen: bool
    is_offered: bool


@dataclass(frozen=True)
class Question:
    """One question as it stands on the page."""

    name: str
    label: str
    is_line: bool
    is_optional: bool
    options: list[Option]
    finer: list[Option]
    dates: list[str]
    text: str | None
    offer: str | None
    rows: int | None
    is_marked: bool
    is_expired: bool
    is_odd: bool
    lines: list["Question"] = field(default_factory=list)

    @property
    def record(self) -> str:
        """Id of the record it belongs to, or ``visit``, ``event``, ``person`` for one not yet made."""
        return self.name[:36] if self.name.count("-") >= 5 else self.name.split("-")[0]

    @property
    def field(self) -> str:
        """Id of the question in the form."""
        return self.name[37:] if self.name.count("-") >= 5 else self.name.split("-", 1)[1]

    @property
    def widget(self) -> str:
        """The kind of widget: choice, choices, rows, date or text."""
        if self.rows is not None:
            return "rows"
        if self.dates:
            return "date"
        if self.options:
            return "choices" if self.options[0].type == "checkbox" else "choice"
        return "text"

    @property
    def chosen(self) -> list[str]:
        """Labels of the rows that are chosen."""
        return [one.label for one in self.options if one.is_chosen]

    @property
    def is_answered(self) -> bool:
        """Whether it holds an answer, or is marked as unanswerable."""
        if self.is_marked or self.chosen:
            return not self.is_expired and not (self.finer and not any(one.is_chosen for one in self.finer))
        if self.widget == "rows":
            return bool(self.rows)
        if self.widget == "date":
            return all(self.dates)
        return bool(self.text) and not self.is_expired


def read(page: Any) -> list[Question]:
    """The questions on a page, top to bottom; lines of a table hang on their question."""
    found = [_question(one) for one in page.evaluate(READ)]
    for line in (one for one in found if one.is_line):
        next(one for one in found if not one.is_line and line.name.startswith(one.name + "-")).lines.append(line)
    return [one for one in found if not one.is_line]


def _question(given: dict[str, Any]) -> Question:
    return Question(
        **{
            **given,
            "options": [Option(**one) for one in given["options"]],
            "finer": [Option(**one) for one in given["finer"]],
        }
    )
