// Filter and search of the findings and of the published numbers: rows that stand in the page are hidden or shown.

function filterRows(table, fits, status) {
  let shownRows = 0;
  for (const row of table.tBodies[0].rows) {
    const isShown = fits(row);
    row.hidden = !isShown;
    if (isShown) shownRows += 1;
  }
  status.textContent = number(shownRows) + " of " + number(table.tBodies[0].rows.length) + " shown";
  say(status.textContent);
}

function distinct(table, name) {
  return [...new Set([...table.tBodies[0].rows].map((row) => row.dataset[name]))];
}

function filterFindings() {
  const place = document.getElementById("findings-filter");
  const table = document.getElementById("findings-table");
  if (!place || !table) return;
  const state = { severities: new Set(distinct(table, "severity")), dataset: "*", rule: "*", text: "" };
  const texts = new Map([...table.tBodies[0].rows].map((row) => [row, row.textContent.toLowerCase()]));
  const status = make("span", { class: "soft" });
  const apply = () => filterRows(table, (row) => state.severities.has(row.dataset.severity)
    && (state.dataset === "*" || row.dataset.dataset === state.dataset)
    && (state.rule === "*" || row.dataset.rule === state.rule)
    && texts.get(row).includes(state.text), status);
  const boxes = [...state.severities].map((severity) => {
    const box = make("input", { type: "checkbox", checked: true, on: { change: () => {
      if (box.checked) state.severities.add(severity);
      else state.severities.delete(severity);
      apply();
    } } });
    return make("label", null, box, severity);
  });
  const search = make("input", { type: "search", on: { input: later(() => { state.text = search.value.trim().toLowerCase(); apply(); }) } });
  const all = (name, word) => [["*", "all " + word], ...distinct(table, name).sort().map((each) => [each, each || "(none)"])];
  place.append(make("div", { class: "bar" },
    make("fieldset", null, make("legend", { class: "unseen" }, "Severity"), boxes),
    field("Dataset", choice(all("dataset", "datasets"), "*", (value) => { state.dataset = value; apply(); })),
    field("Rule", choice(all("rule", "rules"), "*", (value) => { state.rule = value; apply(); })),
    field("Find text", search, true), status));
}

function filterComparison() {
  const place = document.getElementById("comparison-filter");
  const table = document.getElementById("comparison-table");
  if (!place || !table) return;
  const state = { verdict: "*", text: "" };
  const status = make("span", { class: "soft" });
  const apply = () => filterRows(table, (row) => (state.verdict === "*" || row.dataset.verdict === state.verdict)
    && row.textContent.toLowerCase().includes(state.text), status);
  const search = make("input", { type: "search", on: { input: later(() => { state.text = search.value.trim().toLowerCase(); apply(); }) } });
  const verdicts = [["*", "all verdicts"], ...distinct(table, "verdict").map((each) => [each, each])];
  place.append(make("div", { class: "bar" },
    field("Verdict", choice(verdicts, "*", (value) => { state.verdict = value; apply(); })),
    field("Find text", search, true), status));
}
