// The data of the page: parsed when they are first asked for, decoded value by value.

const DIGITS = new Uint8Array(128);
Array.from({ length: 94 }, (_, place) => place + 33)
  .filter((code) => code !== 34 && code !== 60 && code !== 92)
  .forEach((code, digit) => { DIGITS[code] = digit; });
const BASE = 91;

const parsed = new Map();

function island(name) {
  if (!parsed.has(name)) {
    const element = document.getElementById(name);
    parsed.set(name, element ? JSON.parse(element.textContent) : null);
  }
  return parsed.get(name);
}

class Column {
  constructor(packed) {
    this.name = packed.name;
    this.values = packed.values;
    this.from = packed.from;
    this.width = packed.width;
    this.codes = packed.codes;
  }

  code(record) {
    if (this.codes === undefined) return 0;
    let code = 0;
    for (let at = record * this.width; at < (record + 1) * this.width; at++) {
      code = code * BASE + DIGITS[this.codes.charCodeAt(at)];
    }
    return code;
  }

  at(record) {
    const code = this.code(record);
    return this.values === undefined ? this.from + code : this.values[code];
  }
}

class Table {
  constructor(packed) {
    this.records = packed.records;
    this.columns = packed.columns.map((column) => new Column(column));
    this.byName = new Map(this.columns.map((column) => [column.name, column]));
  }

  has(name) {
    return this.byName.has(name);
  }

  at(record, name) {
    const column = this.byName.get(name);
    return column === undefined || record < 0 || record >= this.records ? null : column.at(record);
  }

  // The records in which all of these columns have these texts.
  find(wanted, most) {
    const tests = [];
    for (const [name, text] of Object.entries(wanted)) {
      const column = this.byName.get(name);
      if (column === undefined) return [];
      const code = column.values.findIndex((value) => (value === null ? "" : value) === text);
      if (code < 0) return [];
      tests.push([column, code]);
    }
    const found = [];
    for (let record = 0; record < this.records && found.length < most; record++) {
      if (tests.every(([column, code]) => column.code(record) === code)) found.push(record);
    }
    return found;
  }
}

const tables = new Map();

// A packed table by the name of its element; null where the page does not hold it.
function tableOf(name) {
  if (!tables.has(name)) {
    const packed = island(name);
    tables.set(name, packed === null ? null : new Table(packed));
  }
  return tables.get(name);
}

const contents = island("contents");
const lineage = island("lineage") || {};
const described = new Map(contents.datasets.map((dataset) => [dataset.name, dataset]));

function recordsOf(dataset) {
  return tableOf("data:" + dataset);
}

function rawRows(table) {
  return tableOf("raw:" + table);
}

// The raw file and the row in it are the first two columns of a raw table.
function rawPlace(table, position) {
  const rows = rawRows(table);
  return rows === null ? null : { file: rows.columns[0].at(position), row: rows.columns[1].at(position) };
}

function rawPosition(table, row, file) {
  const rows = rawRows(table);
  if (rows === null) return -1;
  for (let position = 0; position < rows.records; position++) {
    if (rows.columns[1].at(position) === row && (!file || rows.columns[0].at(position) === file)) return position;
  }
  return -1;
}

// "1-24 26" -> [[1, 24], [26, 26]]
function ranges(text) {
  return text.split(/[ ,]+/).filter(Boolean).map((part) => {
    const [first, last] = part.split("-").map(Number);
    return [first, last === undefined ? first : last];
  });
}

function labelOf(dataset, variable) {
  const known = described.get(dataset);
  return (known && known.variables[variable] && known.variables[variable].label) || "";
}

// The variables that name a record: keys of the dataset, then what numbers its records, as few as tell it apart.
function keyOf(dataset, record) {
  const table = recordsOf(dataset);
  const short = dataset.startsWith("SUPP") ? dataset.slice(4) : dataset;
  const wanted = dataset.startsWith("SUPP")
    ? ["USUBJID", "IDVARVAL", "QNAM"]
    : ["USUBJID", short + "SEQ", ...(described.get(dataset).kind === "adam" ? [short.slice(2) + "SEQ"] : []), "ASEQ", "PARAMCD",
      ...described.get(dataset).keys];
  const key = {};
  for (const name of wanted) {
    if (name === "STUDYID" || name === "DOMAIN" || name in key || !table.has(name)) continue;
    const value = table.at(record, name);
    if (value === null || value === "") continue;
    key[name] = value;
    if (name !== "USUBJID" && table.find(key, 2).length === 1) return key;
    if (name === "USUBJID" && table.find(key, 2).length === 1 && !table.has(short + "SEQ")) return key;
  }
  return key;
}

function keyText(key) {
  return Object.entries(key).map(([name, value]) => name + "=" + value).join(" ");
}
