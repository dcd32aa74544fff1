"""An office at its desk: signs in at /masuk and reads the pages of the desa."""

import json
import re
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Page, expect

from models.form.recap import recap


@dataclass
class Office:
    """One signed-in page."""

    page: Page
    url: str

    def sign_in(self, username: str, data_dir: Path) -> None:
        """With the password of the demonstration's table."""
        self.page.goto(f"{self.url}/masuk")
        self.page.locator("input[name=username]").fill(username)
        self.page.locator("input[type=password]").fill(json.loads((data_dir / "demo.json").read_text())["password"])
        self.page.locator("main button, .alone button").first.click()
        expect(self.page.get_by_role("button", name="Keluar")).to_be_visible()

    def open(self, path: str) -> int:
        """Open a page of ours; its status."""
        answer = self.page.goto(self.url + path)
        assert answer is not None
        return answer.status

    def invite(self, name: str, dasawisma: str) -> str:
        """Invite a kader by the desa's page; the code on the sheet."""
        self.open(f"/desa/{dasawisma.split('/', maxsplit=1)[0]}/kader")
        self.page.get_by_label("Dasa wisma", exact=True).select_option(dasawisma)
        self.page.get_by_label("Nama kader").fill(name)
        self.page.get_by_role("button", name="Buat kode aktivasi").click()
        return self.page.locator(".code").inner_text()

    def coverage(self, code: str) -> tuple[int, int]:
        """Complete and expected doors, as the headline of an area's page says."""
        self.open(f"/desa/{code}")
        words = self.page.locator(".measure-words strong").inner_text()
        complete, expected = re.match(r"([\d.]+) dari ([\d.]+) rumah lengkap", words).groups()
        return int(complete.replace(".", "")), int(expected.replace(".", ""))

    def book(self, name: str, code: str) -> dict[str, dict[str, int]]:
        """A recap book by row: what is not 0, by measure."""
        self.open(f"/rekap/{name}/{code}")
        columns = [(column.ref, column.kind) for column in recap().books[name].columns]
        rows = self.page.locator("table.book tbody tr").evaluate_all(
            "(rows) => rows.map((row) => [...row.cells].map((cell) => cell.innerText.trim()))"
        )
        place = next(number for number, (_, kind) in enumerate(columns) if kind == "row")
        return {row[place]: _counts(columns, row) for row in rows if len(row) == len(columns)}


def _counts(columns: list[tuple[str, str]], row: list[str]) -> dict[str, int]:
    cells = [(ref, cell) for (ref, kind), cell in zip(columns, row, strict=True) if kind == "measure"]
    return {ref: int(cell.replace(".", "")) for ref, cell in cells if cell not in {"0", "–", ""}}
