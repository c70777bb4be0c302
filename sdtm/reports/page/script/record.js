// One record with all its values, and beside them the way of the chosen one; one raw row with the records made of it.

let openRecord = "";

function quoted(text) {
  return /["$`\\!]/.test(text) ? "'" + text.replace(/'/g, "'\\''") + "'" : '"' + text + '"';
}

// The folder above reports/, as a shell takes it; OUT where the page was not opened from a disk.
function outputFolder() {
  if (location.protocol !== "file:") return "OUT";
  const path = decodeURIComponent(location.pathname).replace(/\/reports\/[^/]*$/, "").replace(/^\/([A-Za-z]:)/, "$1");
  return path === "" ? "/" : /^[\w./:@+-]+$/.test(path) ? path : quoted(path);
}

function explainCommand(dataset, record, variable) {
  return ["sdtm explain", outputFolder(), dataset, variable, "--key", quoted(keyText(keyOf(dataset, record)))].join(" ");
}

function copyable(command) {
  const button = make("button", { type: "button", on: { click: () => copy(command, button) } }, "Copy the command");
  return make("div", null, make("pre", { class: "command" }, command), button);
}

function copy(text, button) {
  const done = () => { button.textContent = "Copied"; say("The command was copied."); };
  const select = () => {
    const range = document.createRange();
    range.selectNodeContents(button.previousElementSibling);
    getSelection().removeAllRanges();
    getSelection().addRange(range);
    button.textContent = "Selected: copy it with Ctrl+C";
  };
  if (navigator.clipboard) navigator.clipboard.writeText(text).then(done, select);
  else select();
}

function showRecord(browser, dataset, record, variable) {
  const table = recordsOf(dataset);
  const known = described.get(dataset);
  if (known === undefined) return notThere(browser, "There is no dataset " + dataset + ".");
  if (table === null) return leftOut(browser, known, record, variable);
  if (!(record >= 0 && record < table.records)) {
    return notThere(browser, dataset + " has " + counted(table.records, "record") + ", and no record " + (record + 1) + ".");
  }
  if (openRecord !== dataset + "/" + record) {
    openRecord = dataset + "/" + record;
    browser.replaceChildren(recordView(known, table, record));
  }
  for (const row of browser.querySelectorAll("tr[data-variable]")) {
    const chosen = row.dataset.variable === variable;
    row.classList.toggle("chosen", chosen);
    if (chosen) row.querySelector("td.value a").setAttribute("aria-current", "true");
    else row.querySelector("td.value a").removeAttribute("aria-current");
  }
  const side = browser.querySelector(".lineage");
  const parts = variable ? lineageView(known, table, record, variable) : aboutRecord(known, table, record);
  side.replaceChildren(...parts.filter(Boolean));
  side.scrollTop = 0;
  // On a narrow screen it stands below the values.
  if (variable && side.getBoundingClientRect().top > window.innerHeight) side.scrollIntoView();
  if (variable) say("Where " + dataset + "." + variable + " of record " + (record + 1) + " comes from is shown.");
}

function recordView(known, table, record) {
  const step = (to, text) => (to >= 0 && to < table.records
    ? link(address("record", known.name, to + 1), text) : make("span", { class: "soft" }, text));
  const rows = table.columns.map(({ name }) => {
    const value = table.at(record, name);
    return make("tr", { "data-variable": name },
      make("th", { scope: "row" }, make("code", null, name)),
      make("td", null, labelOf(known.name, name)),
      make("td", { class: "value" }, link(address("record", known.name, record + 1, name), shown(value))));
  });
  return make("div", null,
    make("p", { class: "trail" }, link("#records", "Records"), " › ", link(address("dataset", known.name), known.name),
      " › record " + number(record + 1) + " of " + number(table.records) + "   ",
      step(record - 1, "previous"), " · ", step(record + 1, "next")),
    make("h3", { tabindex: "-1" }, known.name + " record " + number(record + 1), known.label ? make("small", { class: "soft" }, "  " + known.label) : null),
    make("p", null, "Choose a value to see where it comes from."),
    make("div", { class: "record" },
      make("table", null, make("caption", { class: "unseen" }, "Values of the record"),
        make("thead", null, make("tr", null, ["Variable", "Label", "Value"].map((name) => make("th", { scope: "col" }, name)))),
        make("tbody", null, rows)),
      make("aside", { class: "lineage", "aria-label": "Where the value comes from", tabindex: "0" })));
}

function lineageView(known, table, record, variable) {
  if (!table.has(variable)) return [make("p", null, known.name + " has no variable " + variable + ".")];
  const about = known.variables[variable] || {};
  const codelist = about.codelist && about.anchor
    ? link("../" + known.kind + "/define.html#" + encodeURIComponent(about.anchor), about.codelist) : about.codelist;
  return [
    make("h3", null, make("code", null, known.name + "." + variable), about.label ? " " + about.label : ""),
    make("div", { class: "told" }, shown(table.at(record, variable))),
    pairs([["Type", about.type], ["Codelist", codelist], ["Origin", about.origin], ["Method", about.method]]),
    make("h4", null, "How it is made"),
    ...wayOf(known.name, record, variable, 0).flat(Infinity),
    ...chainOf(known.name, record),
    make("h4", null, "Step by step"),
    make("p", { class: "soft" }, "This command runs the steps of this one value again and tells what each read and gave: "
      + "which mapping gave the value, each condition, joined rows and terms."),
    copyable(explainCommand(known.name, record, variable)),
  ];
}

function aboutRecord(known, table, record) {
  const parts = [make("h3", null, "About this record"), pairs([["Key", keyText(keyOf(known.name, record))]])];
  const trace = tableOf("trace:" + known.name);
  if (trace && trace.at(record, "position") >= 0) {
    const source = ((lineage.datasets || {})[known.name] || {}).sources || [];
    const place = { file: trace.at(record, "file"), row: trace.at(record, "row") };
    const name = trace.at(record, "table");
    const from = trace.has("source") ? source[trace.at(record, "source")] : source.length === 1 ? source[0] : null;
    parts.push(make("h4", null, "Made from the raw row"), make("p", null,
      rawRows(name) ? link(address("raw", name, place.row), placeText(place)) : placeText(place),
      from ? make("span", { class: "soft" }, " by " + from.place) : null), otherRows(known.name, record));
  }
  parts.push(...chainOf(known.name, record));
  if (known.name.startsWith("SUPP")) {
    const parent = parentOf(known.name, record);
    if (parent >= 0) parts.push(make("h4", null, "Qualifier of"), make("p", null,
      link(address("record", known.name.slice(4), parent + 1), known.name.slice(4) + " record " + (parent + 1))));
  }
  parts.push(...qualifiers(known.name, table, record), ...analysesOf(known.name, record), ...numbersOf(known.name, record));
  return parts;
}

function qualifiers(dataset, table, record) {
  const supplemental = recordsOf("SUPP" + dataset);
  if (supplemental === null) return [];
  const found = supplemental.find({ USUBJID: table.at(record, "USUBJID") || "" }, 2000).filter((at) => {
    const identifier = supplemental.at(at, "IDVAR");
    return !identifier || table.at(record, identifier) === supplemental.at(at, "IDVARVAL");
  });
  return found.length ? [make("h4", null, "Qualifiers"), listed(found.map((at) => [make("code", null, supplemental.at(at, "QNAM")), " = ",
    valueLink("SUPP" + dataset, at, "QVAL", supplemental.at(at, "QVAL"))]))] : [];
}

function analysesOf(dataset, record) {
  const found = [];
  for (const each of contents.datasets) {
    const origin = tableOf("origin:" + each.name);
    if (origin === null) continue;
    const of = origin.byName.get("dataset");
    const code = of.values.indexOf(dataset);
    if (code < 0) continue;
    for (let at = 0; at < origin.records && found.length < 60; at++) {
      if (of.code(at) === code && origin.at(at, "record") === record) {
        found.push(link(address("record", each.name, at + 1), each.name + " record " + (at + 1)));
      }
    }
  }
  return found.length ? [make("h4", null, "Analysis records made of it"), listed(found)] : [];
}

function notThere(browser, said) {
  openRecord = "";
  browser.replaceChildren(make("p", null, said), make("p", null, link("#records", "All datasets")));
}

function leftOut(browser, known, record, variable) {
  notThere(browser, "The " + counted(known.records, "record") + " of " + known.name + " are left out of this page, which would grow "
    + "too large. The command tells of one value; name the record by its key.");
  browser.append(copyable(["sdtm explain", outputFolder(), known.name, variable || "VARIABLE", "--key",
    '"' + (known.keys.length ? known.keys : ["USUBJID"]).map((name) => name + "=…").join(" ") + '"'].join(" ")));
}

// --- raw rows -----------------------------------------------------------------------------------------

function showRawRow(browser, table, row, file, column) {
  openRecord = "";
  const rows = rawRows(table);
  const position = rawPosition(table, row, file);
  if (rows === null || position < 0) return notThere(browser, "The page does not hold row " + row + " of the raw table " + table + ".");
  const place = rawPlace(table, position);
  const values = rows.columns.slice(2).map(({ name }) => [make("code", null, name), shown(rows.at(position, name))]);
  const made = madeOf(table, position);
  browser.replaceChildren(
    make("p", { class: "trail" }, link("#records", "Records"), " › ", link(address("rawtable", table), "raw table " + table),
      " › row " + place.row + "   ", neighbour(table, position - 1, "previous"), " · ", neighbour(table, position + 1, "next")),
    make("h3", { tabindex: "-1" }, "Raw row ", make("bdi", null, placeText(place))),
    make("p", { class: "soft" }, "The columns that the spec uses, with the texts that the file holds. Columns that are not submitted are not shown."),
    make("div", { class: "record" },
      listOf(["Column", "Text"], values, "Cells of the row"),
      make("aside", { class: "lineage", "aria-label": "Records made of this row", tabindex: "0" },
        make("h3", null, "Records made of this row"),
        made.length ? listed(made) : make("p", null, "None: the books say why rows were left out."))));
  for (const line of browser.querySelectorAll("tbody tr")) {
    line.classList.toggle("chosen", Boolean(column) && line.cells[0].textContent === column);
  }
}

function neighbour(table, position, text) {
  const rows = rawRows(table);
  return position >= 0 && position < rows.records
    ? link(address("raw", table, rawPlace(table, position).row), text) : make("span", { class: "soft" }, text);
}

function madeOf(table, position) {
  const found = [];
  for (const each of contents.datasets) {
    const trace = tableOf("trace:" + each.name);
    if (trace === null) continue;
    const of = trace.byName.get("table");
    const code = of.values ? of.values.indexOf(table) : -1;
    if (code < 0) continue;
    for (let at = 0; at < trace.records && found.length < 200; at++) {
      if (of.code(at) === code && trace.at(at, "position") === position) {
        const test = recordsOf(each.name).at(at, each.name + "TESTCD");
        found.push([link(address("record", each.name, at + 1), each.name + " record " + (at + 1)), test ? " " + test : ""]);
      }
    }
  }
  return found;
}
