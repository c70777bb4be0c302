"""``findings.html``: everything escaped, nothing loaded from elsewhere, usable by keyboard. Findings are invented."""

from __future__ import annotations

import base64
import hashlib
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from lxml import html

from sdtm.reports.findings_html import findings_html
from validation.findings import Finding, Origin, Place
from validation.review import Known, Previous, Remark, Review, review

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
EVIL = "<img src=x onerror=\"document.title='broken'\">'\"&</script><script>document.title='broken'</script>"


def finding(rule: str, severity: str = "error", value: str = "v", dataset: str = "AE") -> Finding:
    origin = Origin("ae", (("SUBJ", "1"),), (("COL", "Label", value),), "S1")
    place = Place((("USUBJID", "S1"),), value, "ae.csv", 7, "COL", (), origin)
    return Finding(rule, severity, f"found {value}", "right", "do", dataset, "AETERM", (place,))


def reviewed() -> Review:
    first = review(
        [finding("a-rule", value=EVIL), finding("b-rule", "warning"), finding("c-rule", "note", dataset="LB")]
    )
    known = {issue.id: Known(issue.id, remark=Remark("explained", EVIL)) for issue in first.issues[:1]}
    gone = Known("I-GONE", "d-rule", "error", "AE", "AETERM", EVIL, (("USUBJID", EVIL),), EVIL)
    return review([f.finding for f in first.findings], Previous({**known, "I-GONE": gone}))


def test_every_text_is_escaped() -> None:
    page = findings_html(reviewed(), EVIL)
    tree = html.fromstring(page)
    assert not tree.xpath("//img") and len(tree.xpath("//script")) == 1
    assert not tree.xpath("//@*[starts-with(name(), 'on')]")
    assert tree.xpath("//title")[0].text == f"Findings of {EVIL}"
    assert EVIL in tree.xpath("//details")[0].text_content()


def test_only_its_own_script_may_run_and_nothing_is_loaded() -> None:
    page = findings_html(reviewed())
    (script,) = re.findall(r"<script>(.*?)</script>", page, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    (policy,) = html.fromstring(page).xpath("//meta[@http-equiv='Content-Security-Policy']/@content")
    assert f"script-src 'sha256-{digest}'" in policy and "default-src 'none'" in policy
    assert not re.search(r"https?://|\bsrc=(?!x)|url\(", page.replace(EVIL, ""))


def test_each_finding_says_what_the_filters_look_at() -> None:
    told = html.fromstring(findings_html(reviewed())).xpath("//details")
    assert dict(told[0].attrib) | {"id": ""} == {
        "id": "",
        "class": "error",
        "data-rule": "a-rule",
        "data-dataset": "AE",
        "data-severity": "error",
        "data-status": "explained",
        "data-since": "open",
    }
    assert [one.get("data-since") for one in told] == ["open", "new", "new"]


def test_form_fields_have_labels_and_tables_have_headers() -> None:
    tree = html.fromstring(findings_html(reviewed()))
    assert all(field.getparent().tag == "label" for field in tree.xpath("//select | //input"))
    assert all(table.xpath(".//th[@scope='col']") for table in tree.xpath("//table"))
    assert tree.xpath("//*[@role='status' and @aria-live='polite']") and tree.get("lang") == "en"


def test_what_has_no_room_is_told() -> None:
    places = tuple(Place((("USUBJID", f"S{n}"),)) for n in range(30))
    many = Finding("a", "error", "x", "y", dataset="AE", places=places, count=90)
    page = findings_html(review([many]), most=10)
    assert "20 further records are in findings.json." in page
    assert "60 further records are counted and not listed." in page


def test_no_findings() -> None:
    assert "No findings." in findings_html(review([]))


@pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium to run the page")
def test_the_page_works_in_a_browser(tmp_path: Path) -> None:
    """The script is let in by the policy and counts; what is in the data is not."""
    page = tmp_path / "findings.html"
    page.write_text(findings_html(reviewed(), "X1"), encoding="utf-8")
    assert CHROMIUM is not None
    shown = subprocess.run(
        [CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", "--dump-dom", page.as_uri()],
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    ).stdout
    tree = html.fromstring(shown)
    assert tree.xpath("//title")[0].text == "Findings of X1"  # the data's script would have changed it
    assert tree.xpath("//*[@id='told']")[0].text == "3 of 3 findings shown"
    assert tree.xpath("//*[@id='tools' and not(@hidden)]")
