"""``findings.html``: findings with search and filters, one file that needs nothing else.

All findings are in the page, so that it also serves without its script; the script only hides what is not looked for.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

from sdtm.submission.html_page import page, row_of, table_of
from validation.finding_ids import subject_of
from validation.findings import SEVERITIES
from validation.findings_workbook import record_text
from validation.review import FIXED, NEW, STATUSES, STILL, Known, Review, ReviewedFinding, ReviewedIssue

MOST_RECORDS = 5_000  # in the page; findings.xlsx and findings.json have more
_STYLE = """
.tools{display:flex;flex-wrap:wrap;gap:.6rem 1rem;align-items:end;padding:.8rem;background:var(--head);
border:1px solid var(--line);border-radius:6px;margin:.6rem 0;position:sticky;top:0;z-index:1}
.tools label{display:flex;flex-direction:column;font-size:.8rem;color:var(--ink)}
.tools input,.tools select,.tools button{font:inherit;padding:.25rem .4rem;border:1px solid #7a8594;border-radius:4px;
background:#fff;color:var(--ink)}
.tools input{min-width:16rem}
:focus-visible{outline:3px solid var(--link);outline-offset:1px}
details{border:1px solid var(--line);border-left:.4rem solid var(--line);border-radius:4px;margin:.4rem 0;
padding:.1rem .7rem}
details.error{border-left-color:#b3261e}details.warning{border-left-color:#b26a00}details.note{border-left-color:#2f6db5}
summary{cursor:pointer;padding:.35rem 0;overflow-wrap:anywhere}
.tag{display:inline-block;font-size:.78rem;font-weight:600;padding:0 .45rem;border-radius:4px;border:1px solid;
margin-right:.3rem}
.tag.error{color:#8c1d18;background:#fdecea}.tag.warning{color:#6b3d00;background:#fff3e0}
.tag.note{color:#174a86;background:#e8f1fb}.tag.new{color:#1c2430;background:#fff}
summary code{font-weight:600}details table th{position:static}td{overflow-wrap:anywhere}
[hidden]{display:none!important}
"""
_SCRIPT = """
(function () {
  var list = Array.prototype.slice.call(document.querySelectorAll('details[data-rule]'));
  var texts = list.map(function (one) { return one.textContent.toLowerCase(); });
  var fields = ['severity', 'dataset', 'rule', 'status', 'since'];
  var search = document.getElementById('search');
  var told = document.getElementById('told');
  function show() {
    var words = search.value.toLowerCase().split(/\\s+/).filter(Boolean);
    var shown = 0;
    list.forEach(function (one, number) {
      var fits = fields.every(function (field) {
        var wanted = document.getElementById(field).value;
        return !wanted || (' ' + one.getAttribute('data-' + field) + ' ').indexOf(' ' + wanted + ' ') >= 0;
      }) && words.every(function (word) { return texts[number].indexOf(word) >= 0; });
      one.hidden = !fits;
      shown += fits ? 1 : 0;
    });
    told.textContent = shown + ' of ' + list.length + ' findings shown';
  }
  search.addEventListener('input', show);
  fields.forEach(function (field) { document.getElementById(field).addEventListener('change', show); });
  document.getElementById('clear').addEventListener('click', function () {
    search.value = '';
    fields.forEach(function (field) { document.getElementById(field).value = ''; });
    show();
    search.focus();
  });
  document.getElementById('unfold').addEventListener('click', function () {
    var open = !list.some(function (one) { return !one.hidden && one.open; });
    list.forEach(function (one) { if (!one.hidden) { one.open = open; } });
  });
  document.addEventListener('keydown', function (event) {
    var at = document.activeElement ? document.activeElement.tagName : '';
    if (event.key === '/' && at !== 'INPUT' && at !== 'SELECT') { event.preventDefault(); search.focus(); }
  });
  document.getElementById('tools').hidden = false;
  show();
})();
"""


def findings_html(review: Review, study: str = "", most: int = MOST_RECORDS) -> str:
    """The page. ``most``: how many records it names; those left out are counted where they are."""
    name = f"Findings of {study}" if study else "Findings"
    each = max(1, most // max(len(review.findings), 1))
    body = [
        f"<h1>{escape(name)}</h1>\n",
        _counts(review),
        "".join(f'<p class="mark">{_lines(str(warning))}</p>\n' for warning in review.warnings),
        _by_rule(review),
        '<h2 id="findings">Findings</h2>\n',
        _tools(review),
        "".join(_finding(finding, each) for finding in review.findings) or "<p>No findings.</p>\n",
        _fixed(review.fixed),
    ]
    links = [("counts", "Counts"), ("rules", "By dataset and rule"), ("findings", "Findings")]
    links += [("fixed", "Fixed")] if review.fixed else []
    items = "".join(f'<li><a href="#{target}">{escape(text)}</a></li>' for target, text in links)
    return page(name, f"<h2>Contents</h2><ul>{items}</ul>", "".join(body), _SCRIPT, _STYLE)


def _counts(review: Review) -> str:
    counts = review.counts()
    rows = []
    for severity in SEVERITIES:
        own = [reviewed.finding for reviewed in review.findings if reviewed.finding.severity == severity]
        told = (sum(finding.stands_for for finding in own), sum(finding.count for finding in own))
        rows.append(row_of([_tag(severity), *(f"{number:,}" for number in told)], code=0))
    since = ", ".join(f"{counts[kind]:,} {kind}" for kind in (NEW, STILL, FIXED))
    compared = "" if review.compared else " There was no earlier run to compare with."
    return (
        f'<h2 id="counts">Counts</h2>\n{table_of(("Severity", "Findings", "Records"), rows)}'
        f"<p>Since the last run: {since} (records).{compared}</p>\n"
    )


def _by_rule(review: Review) -> str:
    counted: dict[tuple[int, str, str], list[int]] = {}
    for reviewed in review.findings:
        finding = reviewed.finding
        counts = counted.setdefault(
            (SEVERITIES.index(finding.severity), finding.dataset, finding.rule), [0, 0]
        )
        counts[0] += finding.stands_for
        counts[1] += finding.count
    rows = [
        row_of(
            [_tag(SEVERITIES[severity]), escape(dataset or "–"), escape(rule), *(f"{n:,}" for n in numbers)],
            code=0,
        )
        for (severity, dataset, rule), numbers in sorted(counted.items())
    ]
    head = ("Severity", "Dataset", "Rule", "Findings", "Records")
    return f'<h2 id="rules">By dataset and rule</h2>\n{table_of(head, rows)}'


def _tools(review: Review) -> str:
    findings = [reviewed.finding for reviewed in review.findings]
    choices = {
        "severity": [severity for severity in SEVERITIES if any(f.severity == severity for f in findings)],
        "dataset": sorted({f.dataset for f in findings if f.dataset}),
        "rule": sorted({f.rule for f in findings}),
        "status": [_word(status) for status in STATUSES],
        "since": [NEW, STILL],
    }
    selects = "".join(
        f'<label>{field.capitalize()}<select id="{field}"><option value="">all</option>'
        + "".join(
            f'<option value="{escape(word)}">{escape(word.replace("_", " "))}</option>' for word in words
        )
        + "</select></label>"
        for field, words in choices.items()
    )
    return (
        '<form id="tools" class="tools" role="search" aria-label="Find findings" hidden>'
        '<label>Search (key /)<input id="search" type="search" autocomplete="off" '
        'placeholder="subject, value, text"></label>'
        f'{selects}<button type="button" id="clear">Clear</button>'
        '<button type="button" id="unfold">Open or close all</button>'
        '<span id="told" role="status" aria-live="polite"></span></form>\n'
    )


def _word(status: str) -> str:
    """A status as one word, as the attribute of the finding has it."""
    return status.replace(" ", "_")


def _finding(reviewed: ReviewedFinding, most: int) -> str:
    finding = reviewed.finding
    name = ".".join(filter(None, (finding.dataset, finding.variable)))
    records = f"{finding.count:,} record{'' if finding.count == 1 else 's'}"
    new = ' <span class="tag new">new</span>' if reviewed.since == NEW else ""
    statuses = " ".join(dict.fromkeys(_word(issue.remark.status) for issue in reviewed.issues))
    since = " ".join(dict.fromkeys(issue.since for issue in reviewed.issues))
    head = (
        f"{_tag(finding.severity)}{new}<code>{escape(finding.rule)}</code> {escape(name)} "
        f'<span class="soft">({records})</span> {escape(_short(finding.found))}'
    )
    pairs = [
        ("Found", finding.found),
        ("Expected", finding.expected),
        ("What to do", finding.do),
        ("Status", reviewed.remark.status),
        ("Comment", reviewed.remark.comment),
        ("Id", reviewed.id),
    ]
    told = "".join(f"<dt>{title}</dt><dd>{_lines(text)}</dd>" for title, text in pairs if text)
    return (
        f'<details id="{escape(reviewed.id)}" class="{escape(finding.severity)}" data-rule="{escape(finding.rule)}" '
        f'data-dataset="{escape(finding.dataset)}" data-severity="{escape(finding.severity)}" '
        f'data-status="{escape(statuses)}" data-since="{escape(since)}">'
        f"<summary>{head}</summary><dl>{told}</dl>{_records(reviewed.issues, most)}</details>\n"
    )


def _records(issues: Sequence[ReviewedIssue], most: int) -> str:
    named = [issue for issue in issues if issue.issue.place is not None]
    if not named:
        return ""
    rows = [_record(issue) for issue in named[:most]]
    unlisted = sum(issue.issue.unlisted for issue in issues)
    notes = []
    if len(named) > most:
        notes.append(f"{len(named) - most:,} further records are in findings.json.")
    if unlisted:
        notes.append(f"{unlisted:,} further records are counted and not listed.")
    head = ("Id", "USUBJID", "Record", "Value", "Raw file", "Row", "Column", "Entered", "Status", "Comment")
    return table_of(head, rows) + "".join(f'<p class="soft">{note}</p>' for note in notes)


def _record(reviewed: ReviewedIssue) -> str:
    place = reviewed.issue.place
    assert place is not None
    entered = place.origin.entered if place.origin else ()
    cells: Iterable[str] = (
        reviewed.id,
        subject_of(place),
        record_text(reviewed.issue),
        place.value,
        place.file,
        "" if place.row is None else str(place.row),
        place.column,
        "; ".join(f"{column}: {text or '(empty)'}" for column, _, text in entered),
        reviewed.remark.status,
        reviewed.remark.comment,
    )
    return row_of([_lines(cell) for cell in cells], anchor=reviewed.id)


def _fixed(fixed: Sequence[Known]) -> str:
    if not fixed:
        return ""
    rows = [
        row_of(
            [
                escape(known.id),
                escape(known.rule),
                escape(".".join(filter(None, (known.dataset, known.variable)))),
                escape("; ".join(f"{name}={value}" for name, value in known.keys)),
                _lines(known.found),
                _lines(known.value),
                _lines(known.remark.comment),
            ]
        )
        for known in fixed
    ]
    head = ("Id", "Rule", "Where", "Record", "Was found", "Value", "Comment")
    return f'<h2 id="fixed">Fixed since the last run</h2>\n{table_of(head, rows)}'


def _tag(severity: str) -> str:
    return f'<span class="tag {escape(severity)}">{escape(severity)}</span>'


def _short(text: str, longest: int = 160) -> str:
    """The start of a long text; the whole of it stands below."""
    return text if len(text) <= longest else f"{text[:longest]}…"


def _lines(text: str) -> str:
    return escape(text).replace("\n", "<br>")
