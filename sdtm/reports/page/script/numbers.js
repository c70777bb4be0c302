// The numbers of the tables, each with the records that it was computed from.

const NUMBERS_SHOWN = 100;
const RECORDS_SHOWN = 200;
let numbersState = { table: "", text: "", page: 0 };

function numbersTable() {
  if (!tables.has("(numbers)")) {
    const found = island("results");
    tables.set("(numbers)", found === null ? null : new Table(found.numbers));
  }
  return tables.get("(numbers)");
}

function showNumbers(browser) {
  const table = numbersTable();
  const ids = [...new Set(table.byName.get("table").values)];
  const result = make("div");
  const search = make("input", { type: "search", value: numbersState.text, on: { input: later(() => change({ text: search.value, page: 0 })) } });
  const change = (changes) => {
    Object.assign(numbersState, changes);
    result.replaceChildren(...numbersPage(table, change));
  };
  browser.replaceChildren(
    make("div", { class: "bar" },
      field("Table", choice([["", "all tables"], ...ids.map((id) => [id, id])], numbersState.table, (value) => change({ table: value, page: 0 }))),
      field("Find text", search, true)),
    result);
  change({});
}

function numbersPage(table, change) {
  const wanted = numbersState.text.trim().toLowerCase();
  const found = [];
  for (let at = 0; at < table.records; at++) {
    if (numbersState.table && table.at(at, "table") !== numbersState.table) continue;
    if (wanted && !["row", "column", "statistic", "value", "source", "condition"].some((name) =>
      (table.at(at, name) || "").toLowerCase().includes(wanted))) continue;
    found.push(at);
  }
  const pages = Math.max(1, Math.ceil(found.length / NUMBERS_SHOWN));
  const page = Math.min(numbersState.page, pages - 1);
  const part = found.slice(page * NUMBERS_SHOWN, (page + 1) * NUMBERS_SHOWN);
  const turn = (to, text) => make("button", { type: "button", disabled: to < 0 || to >= pages || to === page, on: { click: () => change({ page: to }) } }, text);
  say(counted(found.length, "number") + " found");
  const rows = part.map((at) => {
    const id = table.at(at, "id");
    const value = shown(table.at(at, "value"));
    return [table.at(at, "table"), table.at(at, "row"), table.at(at, "column"), table.at(at, "statistic"),
      id ? link(address("result", id), value) : value, table.at(at, "unit"), table.at(at, "n"), table.at(at, "N"),
      table.at(at, "source"), make("code", null, table.at(at, "condition"))];
  });
  return [
    make("div", { class: "bar" }, turn(0, "First"), turn(page - 1, "Previous"), turn(page + 1, "Next"), turn(pages - 1, "Last"),
      make("span", null, counted(found.length, "number"))),
    listOf(["Table", "Row", "Column", "Statistic", "Value", "Unit", "n", "N", "Source", "Condition"], rows, "Numbers", [4, 6, 7]),
  ];
}

function showResult(browser, id) {
  const table = numbersTable();
  const found = table.find({ id }, 1);
  if (!found.length) return browser.replaceChildren(make("p", null, "There is no number " + id + "."), make("p", null, link("#numbers", "All numbers")));
  const at = found[0];
  const get = (name) => table.at(at, name);
  const { records, sets } = island("results");
  const known = records[id] || {};
  browser.replaceChildren(
    make("p", { class: "trail" }, link("#numbers", "Numbers"), " › ", get("table"), " › ", get("row"), " › ", get("column")),
    make("h3", { tabindex: "-1" }, get("statistic") + " = ", shown(get("value")), " ", get("unit") || ""),
    pairs([["Table", get("table")], ["Row", get("row")], ["Column", get("column")], ["n", get("n")], ["N", get("N")],
      ["Source", get("source")], ["Condition", make("code", null, get("condition"))]]),
    ...(Object.keys(records).length
      ? [...setView("Computed from", sets[known.records]), ...setView("Out of", sets[known.among])]
      : [make("p", { class: "soft" }, "This output does not say which records a number was computed from; source and condition do.")]));
}

function setView(title, set) {
  if (!set) return [];
  return Object.entries(set).flatMap(([dataset, text]) => {
    const records = ranges(text).flatMap(([first, last]) => Array.from({ length: last - first + 1 }, (_, at) => first + at));
    const table = recordsOf(dataset);
    const names = table === null ? [] : ["USUBJID", ...described.get(dataset).keys, "PARAMCD", "AVAL", "AVALC", "AEDECOD", "ASEQ"]
      .filter((name, place, all) => name !== "STUDYID" && table.has(name) && all.indexOf(name) === place).slice(0, 7);
    const rows = records.slice(0, RECORDS_SHOWN).map((record) => [
      table === null ? String(record) : link(address("record", dataset, record), String(record)),
      ...names.map((name) => shown(table.at(record - 1, name)))]);
    const hidden = records.length - rows.length;
    return [make("h4", null, title + " " + counted(records.length, "record") + " of " + dataset),
      make("details", { open: title !== "Out of" }, make("summary", null, "Records"),
        listOf(["Record", ...names], rows, title + ": records of " + dataset),
        hidden > 0 ? make("p", null, "… and " + number(hidden) + " more") : null)];
  });
}

// The numbers that a record is counted in.
function numbersOf(dataset, record) {
  const found = island("results");
  if (!found || !Object.keys(found.sets).length) return [];
  const inside = new Set(Object.entries(found.sets).filter(([, set]) => set[dataset]
    && ranges(set[dataset]).some(([first, last]) => first <= record + 1 && record + 1 <= last)).map(([name]) => name));
  const table = numbersTable();
  const ids = new Set(Object.entries(found.records).filter(([, known]) => inside.has(String(known.records))).map(([id]) => id));
  const items = [];
  for (let at = 0; at < table.records; at++) {
    const id = table.at(at, "id");
    if (ids.has(id) && items.length < 25) {
      items.push([link(address("result", id), [table.at(at, "table"), table.at(at, "row"), table.at(at, "column"), table.at(at, "statistic")].join(", ")),
        " = ", shown(table.at(at, "value"))]);
    }
  }
  const hidden = ids.size - items.length;
  return ids.size ? [make("h4", null, "In " + counted(ids.size, "number") + " of the tables"), listed(items),
    hidden > 0 ? make("p", { class: "soft" }, "… and " + number(hidden) + " more") : null] : [];
}
