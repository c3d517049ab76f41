"""The admin team's day in a real browser, by keyboard alone; and hostile uploads through the real server."""

import http.client
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from pipeline.store import models
from tests.commands.stack_runs import COMMAND
from tests.pipeline.scan_files import drawn_page, jpeg_bytes, tiff_bytes
from tests.web.homes import SAMPLES
from tests.web.site import PASSWORD, Site, make_person

pytestmark = [pytest.mark.browser, pytest.mark.slow]

Open = Callable[..., Page]
Look = Callable[..., None]
READ_SECONDS = 240_000


@contextmanager
def at_work(home: Path) -> Iterator[None]:
    """Run a real worker until the end of the block."""
    worker = subprocess.Popen([*COMMAND, "--home", str(home), "work"], stderr=subprocess.DEVNULL)
    try:
        yield
    finally:
        worker.terminate()
        worker.wait(60)


@pytest.fixture
def stack(tmp_path: Path) -> list[Path]:
    """A sheet with cards, the very same again, two strangers in a TIFF, and a web page that says it is a PDF."""
    from PIL import Image

    folder = tmp_path / "stack"
    folder.mkdir()
    shutil.copy(SAMPLES / "stacks" / "glass-2.jpg", folder / "glass.jpg")
    shutil.copy(SAMPLES / "stacks" / "glass-2.jpg", folder / "glass again.jpg")
    strangers = [Image.fromarray(drawn_page(seed=seed)) for seed in (1, 2)]
    (folder / "strangers.tif").write_bytes(tiff_bytes(strangers))
    (folder / "page.pdf").write_bytes(b"<html><script>alert(1)</script>")
    return sorted(folder.iterdir())


def press_tab_until(page: Page, name: str, most: int = 60) -> None:
    """Reach what has this text or label by the tab key alone."""
    for _ in range(most):
        page.keyboard.press("Tab")
        said = page.evaluate(
            "() => { const here = document.activeElement;"
            " return (here.labels?.[0]?.textContent || here.textContent || here.getAttribute('aria-label') || ''); }"
        )
        if " ".join(said.split()).startswith(name):
            return
    raise AssertionError(f"'{name}' can't be reached by keyboard")


def test_a_day_of_the_admin_team_by_keyboard(
    site: Site, new_page: Open, axe: Look, picture: Look, stack: list[Path]
) -> None:
    make_person("admin")
    page = new_page()
    page.goto("/")
    press_tab_until(page, "User name")
    page.keyboard.type("admin.rxw")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/RXW/")
    press_tab_until(page, "Scan")
    page.keyboard.press("Enter")
    page.wait_for_url("**/scan/")
    axe(page)
    press_tab_until(page, "Upload scans")
    page.keyboard.press("Enter")
    page.wait_for_url("**/upload/")
    axe(page)
    press_tab_until(page, "Files")
    with page.expect_file_chooser() as chooser:
        page.keyboard.press("Enter")
    chooser.value.set_files(stack)
    expect(page.locator("[data-chosen]")).to_contain_text("4 chosen")
    picture(page, "scanning upload")
    press_tab_until(page, "Upload and read")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/upload/\d+/$"))
    expect(page.get_by_text("It waits to be read")).to_be_visible()
    expect(page.get_by_text("page.pdf: The file is not a PDF")).to_be_visible()
    axe(page)
    with at_work(site.home):
        expect(page.get_by_text(re.compile("of 4 pages read"))).to_be_visible(timeout=READ_SECONDS)
        axe(page)
        picture(page, "scanning progress")
        expect(page.get_by_text("All 4 pages are read.")).to_be_visible(timeout=READ_SECONDS)
    axe(page)
    press_tab_until(page, "See what became of every page")
    page.keyboard.press("Enter")
    page.wait_for_url("**/batch/**")
    axe(page)
    picture(page, "scanning ledger")
    rows = dict(re.findall(r"(\w+)\t[^\t\n]*\t(\d+)", page.locator("table").inner_text()))
    assert (rows["Cards"], rows["Strangers"], rows["Duplicates"]) == ("1", "2", "1")

    press_tab_until(page, "1 Duplicates")
    page.keyboard.press("Enter")
    page.wait_for_url("**/duplicate/")
    page.locator(".thumbnails img").first.evaluate("image => image.decode()")
    axe(page)
    picture(page, "scanning duplicates")
    press_tab_until(page, "glass.jpg, page 1")
    page.keyboard.press("Enter")
    page.wait_for_url("**/page/**")
    page.locator(".page-picture").evaluate("image => image.decode()")
    axe(page)
    picture(page, "scanning page")
    page.go_back()
    page.go_back()

    press_tab_until(page, "How many pages do you have")
    page.keyboard.type("5")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert").first).to_contain_text("1 page fewer")
    axe(page)
    picture(page, "scanning count differs")
    press_tab_until(page, "How many pages do you have")
    page.keyboard.press("Control+A")
    page.keyboard.type("4")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Admin Rxw (admin.rxw) counted 4 of 4 pages")).to_be_visible()
    axe(page)
    picture(page, "scanning closed")
    assert list((site.home / "uploads").iterdir()) == [], "private scans lie on the disk once"


def test_dropped_folders_and_narrow_screens(sign_in: Open, axe: Look, picture: Look, stack: list[Path]) -> None:
    page = sign_in("admin", width=320)
    page.goto("/RXW/scan/upload/")
    page.locator("#id_folder").set_input_files(stack[0].parent)
    expect(page.locator("[data-chosen]")).to_contain_text("4 chosen")
    page.get_by_role("button", name="Upload and read").click()
    page.wait_for_url(re.compile(r"/upload/\d+/$"))
    names = set(models.Upload.objects.values_list("name", flat=True))
    assert names == {f"stack/{path.name}" for path in stack}
    batch = models.Batch.objects.get(organisation="RXW").pk
    for name, path in {"list": "", "upload": "upload/", "ledger": f"batch/{batch}/"}.items():
        page.goto(f"/RXW/scan/{path}")
        axe(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= 320
        picture(page, f"scanning {name} narrow")


def test_a_drop_is_taken(sign_in: Open) -> None:
    page = sign_in("admin")
    page.goto("/RXW/scan/upload/")
    data = page.evaluate_handle(
        "() => { const data = new DataTransfer(); const bytes = new Uint8Array([255, 216, 255, 0]);"
        " data.items.add(new File([bytes], 'dropped.jpg')); return data; }"
    )
    page.dispatch_event("[data-drop]", "drop", {"dataTransfer": data})
    expect(page.locator("[data-chosen]")).to_contain_text("1 chosen")
    page.get_by_role("button", name="Upload and read").click()
    page.wait_for_url(re.compile(r"/upload/\d+/$"))
    assert models.Upload.objects.get().name == "dropped.jpg"


def test_what_is_too_large_is_said_before_it_is_sent(sign_in: Open, axe: Look) -> None:
    page = sign_in("admin")
    page.goto("/RXW/scan/upload/")
    page.get_by_role("button", name="Upload and read").click()
    expect(page.get_by_role("alert")).to_have_text("Choose files to upload.")
    page.locator("form[data-upload]").evaluate("form => form.dataset.uploadBytes = 2")
    page.locator("#id_files").set_input_files({"name": "a.jpg", "mimeType": "image/jpeg", "buffer": b"\xff\xd8\xff0"})
    page.get_by_role("button", name="Upload and read").click()
    expect(page.get_by_role("alert")).to_contain_text("at once can't be taken")
    axe(page)


def test_without_scripts(sign_in: Open, stack: list[Path]) -> None:
    page = sign_in("admin", scripts=False)
    page.goto("/RXW/scan/upload/")
    page.locator("#id_files").set_input_files(stack)
    page.get_by_role("button", name="Upload and read").click()
    page.wait_for_url(re.compile(r"/upload/\d+/$"))
    assert page.get_by_text("It waits to be read").is_visible()
    assert page.get_by_role("link", name="See how far it is now").is_visible()
    page.goto("/RXW/scan/upload/")
    page.locator("#id_files").set_input_files(next(path for path in stack if path.suffix == ".pdf"))
    page.get_by_role("button", name="Upload and read").click()
    assert page.get_by_text("page.pdf: The file is not a PDF").is_visible()


# --- without a browser's good manners ----------------------------------------------------------------------------


class Wire:
    """Posts to the upload page byte by byte, as somebody signed in."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.connection = http.client.HTTPConnection(urlsplit(site.url).netloc, timeout=120)
        self.session = site.session("admin", "RXW")
        self.connection.request("GET", "/RXW/scan/upload/", headers={"Cookie": f"sessionid={self.session}"})
        answer = self.connection.getresponse()
        page = answer.read().decode()
        (self.token,) = set(re.findall(r'name="csrfmiddlewaretoken" value="(\w+)"', page))
        self.csrf = re.findall(r"csrftoken=(\w+)", str(answer.headers))[0]

    def begin(self, **headers: str) -> None:
        self.connection.putrequest("POST", "/RXW/scan/upload/")
        cookies = f"sessionid={self.session}; csrftoken={self.csrf}"
        given = {"Cookie": cookies, "Content-Type": "multipart/form-data; boundary=line", **headers}
        for name, value in given.items():
            self.connection.putheader(name.replace("_", "-"), value)
        self.connection.endheaders()

    def head(self, file_name: str) -> bytes:
        """The form up to where a file's bytes begin."""
        form = {"csrfmiddlewaretoken": self.token, "received": "20 November 2026"}
        fields = "".join(
            f'--line\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
            for name, value in form.items()
        )
        file = f'--line\r\nContent-Disposition: form-data; name="files"; filename="{file_name}"\r\n\r\n'
        return (fields + file).encode()

    def answer(self) -> tuple[int, str]:
        answer = self.connection.getresponse()
        return answer.status, answer.read().decode()


def test_path_tricks_in_raw_requests(site: Site) -> None:
    for number, name in enumerate(("../../../../tmp/evil.jpg", "/etc/passwd", "..\\..\\evil.jpg", "a\x01\x1bb.jpg"), 1):
        wire = Wire(site)
        body = wire.head(name) + jpeg_bytes(drawn_page(seed=1)) + b"\r\n--line--\r\n"
        wire.begin(Content_Length=str(len(body)))
        wire.connection.send(body)
        assert wire.answer()[0] == 302
        assert models.Job.objects.count() == number
    names = set(models.Upload.objects.values_list("name", flat=True))
    assert names == {"evil.jpg", "passwd", "ab.jpg"}
    stored = [path.relative_to(site.home / "uploads") for path in (site.home / "uploads").rglob("*") if path.is_file()]
    assert len(stored) == 4
    assert {path.name for path in stored} == {"0001.jpg"}


def test_a_gigabyte_by_its_own_word(site: Site) -> None:
    for size in (1_010_000_000, 5_000_000_000):
        wire = Wire(site)
        wire.begin(Content_Length=str(size))
        if size < 1_050_000_000:
            send_zeros(wire, size)
        status, said = wire.answer()
        assert status == 413
        if size < 1_050_000_000:
            assert "More than 1 GB at once can" in said
            assert "<h1" in said
    assert not list((site.home / "uploads").glob("*"))


def test_a_gigabyte_in_chunks(site: Site) -> None:
    wire = Wire(site)
    wire.begin(Transfer_Encoding="chunked")
    piece = b"%x\r\n" % (1 << 20) + bytes(1 << 20) + b"\r\n"
    try:
        for _ in range(1100):
            wire.connection.send(piece)
        wire.connection.send(b"0\r\n\r\n")
    except (BrokenPipeError, ConnectionResetError):
        pass  # cut off in the middle
    status, _ = wire.answer()
    assert status == 413
    assert not list((site.home / "uploads").glob("*"))


def send_zeros(wire: Wire, size: int) -> None:
    piece = bytes(1 << 20)
    for start in range(0, size, len(piece)):
        wire.connection.send(piece[: size - start])
