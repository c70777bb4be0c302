// The records of a dataset or the rows of a raw table: filter, order, pages.

const PAGE = 50;
let browsing = null;

function startBrowsing(browser) {
  openRecord = "";
  const chips = (title, items) => (items.length
    ? [make("h3", null, title), make("ul", { class: "datasets" }, items.map((item) => make("li", null, item)))] : []);
  const ofKind = (kind) => contents.datasets.filter((each) => each.kind === kind).map((each) =>
    link(address("dataset", each.name), each.name, " ", make("small", null, each.shown ? number(each.records) : "left out")));
  const raw = Object.entries(contents.raw).filter(([, each]) => each.shown).map(([name, each]) =>
    link(address("rawtable", name), name, " ", make("small", null, number(each.rows))));
  browser.replaceChildren(
    make("p", null, "Choose a dataset, a record and a value: the page shows where the value comes from, back to its raw cell."),
    make("div", null, ...chips("SDTM", ofKind("sdtm")), ...chips("ADaM", ofKind("adam")), ...chips("Raw tables", raw)));
}

function browse(browser, table, name, title, places) {
  openRecord = "";
  if (browsing === null || browsing.name !== name) browsing = { name, text: "", column: "", order: "", descending: false, page: 0 };
  const result = make("div", { class: "browse" });
  const search = make("input", { type: "search", value: browsing.text, on: { input: later(() => change({ text: search.value, page: 0 })) } });
  const columns = [["", "any column"], ...table.columns.map((column) => [column.name, column.name])];
  const change = (changes) => {
    Object.assign(browsing, changes);
    result.replaceChildren(...recordsPage(table, places, change));
  };
  browser.replaceChildren(
    make("p", { class: "trail" }, link("#records", "Records"), " › " + title),
    make("h3", { tabindex: "-1" }, title),
    make("div", { class: "bar" },
      field("Find text", search, true),
      field("in", choice(columns, browsing.column, (value) => change({ column: value, page: 0 })))),
    result);
  change({});
}

function matching(table) {
  const wanted = browsing.text.trim().toLowerCase();
  const all = Array.from({ length: table.records }, (_, record) => record);
  if (!wanted) return all;
  const columns = table.columns.filter((column) => !browsing.column || column.name === browsing.column).map((column) =>
    [column, column.values && column.values.map((value) => value !== null && value.toLowerCase().includes(wanted))]);
  return all.filter((record) => columns.some(([column, fits]) =>
    (fits ? fits[column.code(record)] : String(column.at(record)).includes(wanted))));
}

function ordered(table, records) {
  if (!browsing.order) return records;
  const column = table.byName.get(browsing.order);
  const values = column.values || null;
  const rank = values && values.map((value, code) => [value, code])
    .sort(([a], [b]) => compared(a, b)).reduce((ranks, [, code], place) => { ranks[code] = place; return ranks; }, []);
  const key = (record) => (rank ? rank[column.code(record)] : column.at(record));
  const sign = browsing.descending ? -1 : 1;
  return records.slice().sort((a, b) => sign * (key(a) - key(b)) || a - b);
}

function compared(a, b) {
  if (a === null || a === "") return b === null || b === "" ? 0 : 1;
  if (b === null || b === "") return -1;
  const [first, second] = [Number(a), Number(b)];
  if (!Number.isNaN(first) && !Number.isNaN(second)) return first - second;
  return a < b ? -1 : a > b ? 1 : 0;
}

function recordsPage(table, places, change) {
  const found = ordered(table, matching(table));
  const pages = Math.max(1, Math.ceil(found.length / PAGE));
  const page = Math.min(browsing.page, pages - 1);
  const part = found.slice(page * PAGE, (page + 1) * PAGE);
  const said = found.length
    ? number(page * PAGE + 1) + " to " + number(page * PAGE + part.length) + " of " + number(found.length)
    : "Nothing fits";
  say(counted(found.length, "record") + " found");
  const turn = (to, text) => make("button", { type: "button", disabled: to < 0 || to >= pages || to === page, on: { click: () => change({ page: to }) } }, text);
  const head = table.columns.map(({ name }) => {
    const chosen = browsing.order === name;
    const next = chosen && !browsing.descending;
    return make("th", { scope: "col", "aria-sort": chosen ? (browsing.descending ? "descending" : "ascending") : null },
      make("button", { type: "button", title: labelOf(browsing.name, name) || null,
        on: { click: () => change({ order: name, descending: next, page: 0 }) } },
      name + (chosen ? (browsing.descending ? " ▼" : " ▲") : "")));
  });
  return [
    make("div", { class: "bar" }, turn(0, "First"), turn(page - 1, "Previous"), turn(page + 1, "Next"), turn(pages - 1, "Last"), make("span", null, said)),
    make("div", { class: "wide", tabindex: "0", role: "region", "aria-label": "Records" },
      make("table", null,
        make("thead", null, make("tr", null, make("th", { scope: "col" }, "#"), head)),
        make("tbody", null, part.map((record) => make("tr", null,
          make("th", { scope: "row" }, link(places.record(record), places.number(record))),
          table.columns.map((column) => {
            const value = column.at(record);
            // One stop for each record when tabbing; its own view has a stop for each value.
            return make("td", null, value === null || value === "" ? "" :
              make("a", { href: places.value(record, column.name), tabindex: "-1" }, make("bdi", null, value)));
          })))))),
  ];
}

function showDataset(browser, name) {
  const known = described.get(name);
  const table = recordsOf(name);
  if (known === undefined) return notThere(browser, "There is no dataset " + name + ".");
  if (table === null) return leftOut(browser, known, 0, "");
  browse(browser, table, name, name + (known.label ? " " + known.label : ""), {
    record: (record) => address("record", name, record + 1),
    value: (record, variable) => address("record", name, record + 1, variable),
    number: (record) => String(record + 1),
  });
}

function showRawTable(browser, name) {
  const rows = rawRows(name);
  if (rows === null) return notThere(browser, "The page does not hold the rows of the raw table " + name + ".");
  const target = (position) => address("raw", name, rawPlace(name, position).row);
  const used = { records: rows.records, columns: rows.columns.slice(2), byName: rows.byName };
  browse(browser, used, "raw table " + name, "raw table " + name, {
    record: target,
    value: target,
    number: (position) => String(rawPlace(name, position).row),
  });
}
