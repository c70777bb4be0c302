// Where a value comes from: through the steps of the spec and the records they read, back to the raw cell.

const DEEPEST = 6;
const IDENTIFIERS = new Set(["STUDYID", "USUBJID", "DOMAIN"]);

function valueLink(dataset, record, variable, value) {
  return link(address("record", dataset, record + 1, variable), shown(value));
}

function named(dataset, variable) {
  return make("code", null, dataset + "." + variable);
}

function told(step, ...more) {
  return make("div", { class: "step" },
    make("div", null, make("code", null, step.rule)),
    step.where ? make("div", null, "where ", make("code", null, step.where)) : null,
    step.terms ? make("div", null, "terms of ", step.terms) : null,
    step.comment ? make("div", { class: "soft" }, step.comment) : null,
    more,
    make("div", { class: "soft" }, step.place));
}

function listed(items) {
  const kept = items.filter(Boolean);
  return kept.length ? make("ul", null, kept.map((item) => make("li", null, item))) : null;
}

// The way of one value as elements; `depth`: how many records lie before it.
function wayOf(dataset, record, variable, depth) {
  const known = (lineage.datasets || {})[dataset];
  if (dataset.startsWith("SUPP") && recordsOf(dataset) && recordsOf(dataset).has("QNAM")) {
    return wayOfQualifier(dataset, record, variable, depth);
  }
  if (!known) {
    return [make("p", { class: "soft" }, lineage.steps
      ? "The spec of this run does not make this dataset."
      : "This output holds no lineage: it was written by an earlier version. Run again to have it.")];
  }
  if (known.said) return [told({ rule: known.said, place: known.place })];
  return known.variables || known.records || !known.sources
    ? wayOfAnalysis(known, dataset, record, variable, depth)
    : wayOfSdtm(known, dataset, record, variable, depth);
}

// --- SDTM ---------------------------------------------------------------------------------------------

function sourcesOf(known, dataset, record) {
  const trace = tableOf("trace:" + dataset);
  const sources = known.sources || [];
  if (trace === null) return sources;
  if (trace.has("source")) return [sources[trace.at(record, "source")]];
  const table = trace.at(record, "table");
  return table === null ? sources : sources.filter((source) => source.table === table);
}

function stepsOf(source, variable, test) {
  const numbers = [];
  if (source.tests && test && source.tests[test]) numbers.push(...(source.tests[test][variable] || []));
  numbers.push(...((source.variables || {})[variable] || []));
  if (!numbers.length && ["VISIT", "VISITNUM", "VISITDY"].includes(variable)) numbers.push(...(source.visit || []));
  return numbers.map((at) => lineage.steps[at]);
}

function wayOfSdtm(known, dataset, record, variable, depth) {
  const table = recordsOf(dataset);
  const test = table ? table.at(record, dataset + "TESTCD") : null;
  const finished = (known.finished || {})[variable];
  const sources = sourcesOf(known, dataset, record);
  const parts = [];
  if (sources.length > 1) {
    parts.push(make("p", { class: "soft" }, known.collapsed
      ? "Several raw rows became this record; each of these sources may have made them."
      : "Several sources read this raw table; one of these made the record."));
  }
  for (const source of sources) {
    const context = { dataset, record, source, test, position: positionOf(dataset, record), depth };
    const steps = stepsOf(source, variable, test);
    if (sources.length > 1 && steps.length) {
      parts.push(make("h5", null, "Source " + ((known.sources || []).indexOf(source) + 1) + ": " + (source.table || source.domain)));
    }
    if (steps.length > 1) parts.push(make("p", { class: "soft" }, "Tried in this order; the first that gives a value counts."));
    parts.push(...steps.map((step) => toldMapping(step, context)));
    if (steps.length && source.where) {
      parts.push(make("p", { class: "soft" }, "Rows where ", make("code", null, source.where), " (" + source.place + ")"));
    }
  }
  // A mapping goes before finishing; the visit schedule reads what the mapping collected.
  if (finished !== undefined && (variable.startsWith("VISIT") || !parts.some((part) => part.className === "step"))) {
    const context = { dataset, record, source: {}, test, position: -1, depth };
    const planned = variable.startsWith("VISIT") && (lineage.visits || {})[table.at(record, "VISITNUM")];
    const step = planned ? { ...lineage.steps[finished], place: planned } : lineage.steps[finished];
    parts.push(told(step, listed((step.reads || []).map((read) => (read[1] !== "own" || table.has(read[2]) ? toldRead(read, context) : null)))));
  }
  if (!parts.some((part) => part.className === "step")) {
    parts.push(make("p", { class: "soft" }, "The spec does not map this variable: it is part of the dataset's structure."));
  }
  if (!IDENTIFIERS.has(variable) || depth === 0) parts.push(...rawPart(dataset, record, sources, variable, test));
  return parts;
}

function positionOf(dataset, record) {
  const trace = tableOf("trace:" + dataset);
  return trace === null ? -1 : trace.at(record, "position");
}

function toldMapping(step, context) {
  return told(step, listed((step.reads || []).map((read) => toldRead(read, context))));
}

function toldRead([written, kind, name, join], context) {
  const { dataset, record, source, position } = context;
  if (kind === "raw") {
    const rows = rawRows(source.table);
    if (rows === null || position < 0 || !rows.has(name)) return [make("code", null, written), " of the raw row"];
    const made = ((lineage.derived || {})[source.table] || {})[name];
    return [make("code", null, written), " = ",
      link(address("raw", source.table, rawPlace(source.table, position).row, name), shown(rows.at(position, name))),
      made ? [" made in the raw table by ", make("code", null, made.rule), " (" + made.place + ")"] : null];
  }
  if (kind === "each") return toldEach(written, name, join, context);
  if (kind === "join") return toldJoin(written, name, source.joins[join], context);
  if (kind === "own") {
    const table = recordsOf(dataset);
    if (table && table.has(name)) {
      return opening(written, dataset, record, name, context.depth);
    }
    const steps = context.depth < DEEPEST ? stepsOf(source, name, context.test) : [];
    return [make("code", null, written), steps.length
      ? steps.map((step) => toldMapping(step, { ...context, depth: context.depth + 1 }))
      : " of this record"];
  }
  if (kind === "subject") {
    const subject = recordsOf("DM") && recordsOf(dataset)
      ? recordsOf("DM").find({ USUBJID: recordsOf(dataset).at(record, "USUBJID") }, 1) : [];
    return subject.length ? opening(written, "DM", subject[0], name, context.depth) : [make("code", null, written), " of DM"];
  }
  return [make("code", null, written), " of the record of " + kind + " that this one is made from"];
}

// The values that a reference date was chosen from: of all records of the subject in another dataset.
function toldEach(written, variable, dataset, context) {
  const other = recordsOf(dataset);
  const own = recordsOf(context.dataset);
  if (other === null || own === null || !other.has(variable)) return [make("code", null, written)];
  const found = other.find({ USUBJID: own.at(context.record, "USUBJID") || "" }, 500);
  const items = found.slice(0, 12).map((at) => [valueLink(dataset, at, variable, other.at(at, variable)), " record " + (at + 1)]);
  if (found.length > items.length) items.push("… and " + (found.length - items.length) + " more records");
  return [make("code", null, written), found.length ? listed(items) : " no record of the subject"];
}

// Rows of a joined table are told by their key; the page does not join again.
function toldJoin(written, name, join, { source, position }) {
  const rows = rawRows(join.table);
  const ours = rawRows(source.table);
  const by = Object.entries(join.by || {});
  const told = [make("code", null, written), " of " + join.table + ", joined by " +
    by.map(([theirs, mine]) => (theirs === mine ? theirs : theirs + " = " + mine)).join(", ") + " (" + join.place + ")"];
  if (rows === null || ours === null || position < 0) return told;
  const wanted = {};
  for (const [theirs, mine] of by) {
    if (!ours.has(mine) || !rows.has(theirs)) return told;
    wanted[theirs] = ours.at(position, mine) || "";
  }
  const found = rows.find(wanted, 6);
  const items = found.map((at) => [
    rows.has(name) ? shown(rows.at(at, name)) : null, " in ",
    link(address("raw", join.table, rawPlace(join.table, at).row, name), placeText(rawPlace(join.table, at)))]);
  const said = found.length === 1 ? "the row with this key:" : found.length ? "rows with this key:" : "no row has this key";
  return [told, make("div", null, said, join.where ? [" (where ", make("code", null, join.where), ")"] : null), listed(items)];
}

function placeText(place) {
  return place.file + ", row " + place.row;
}

function wayOfQualifier(dataset, record, variable, depth) {
  const table = recordsOf(dataset);
  const parent = dataset.slice(4);
  const found = parentOf(dataset, record);
  const known = (lineage.datasets || {})[parent];
  const parts = [];
  if (found < 0 || !known || !known.sources) return [make("p", { class: "soft" }, "A qualifier of a record of " + parent + ".")];
  parts.push(make("p", null, "A qualifier of ", link(address("record", parent, found + 1), parent + " record " + (found + 1)), "."));
  const name = table.at(record, "QNAM");
  if (variable === "QVAL") {
    const sources = sourcesOf(known, parent, found);
    const test = recordsOf(parent).at(found, parent + "TESTCD");
    for (const source of sources) {
      const context = { dataset: parent, record: found, source, test, position: positionOf(parent, found), depth };
      const steps = [...stepsOf(source, name, test), ...(/\d$/.test(name) ? stepsOf(source, name.replace(/\d+$/, ""), test) : [])];
      parts.push(...steps.map((step) => toldMapping(step, context)));
    }
    parts.push(...rawPart(parent, found, sources, name, test));
  } else if (variable === "IDVARVAL") {
    const identifier = table.at(record, "IDVAR");
    if (identifier) parts.push(make("p", null, named(parent, identifier), " = ", valueLink(parent, found, identifier, table.at(record, "IDVARVAL"))));
  }
  return parts;
}

function parentOf(dataset, record) {
  const table = recordsOf(dataset);
  const parent = recordsOf(dataset.slice(4));
  if (parent === null) return -1;
  const wanted = { USUBJID: table.at(record, "USUBJID") };
  const identifier = table.at(record, "IDVAR");
  if (identifier) wanted[identifier] = table.at(record, "IDVARVAL");
  const found = parent.find(wanted, 2);
  return found.length ? found[0] : -1;
}

// --- the raw row --------------------------------------------------------------------------------------

function rawColumnsRead(sources, variable, test) {
  const names = new Set();
  const add = (source, wanted, depth) => {
    for (const step of stepsOf(source, wanted, test)) {
      for (const [, kind, name] of step.reads || []) {
        if (kind === "raw") names.add(name);
        else if (kind === "own" && depth < 3 && name !== wanted) add(source, name, depth + 1);
      }
    }
  };
  for (const source of sources) add(source, variable, 0);
  return names;
}

function rawPart(dataset, record, sources, variable, test) {
  const trace = tableOf("trace:" + dataset);
  if (trace === null || trace.at(record, "position") < 0) return [];
  const table = trace.at(record, "table");
  const position = trace.at(record, "position");
  const place = { file: trace.at(record, "file"), row: trace.at(record, "row") };
  const column = trace.at(record, "column");
  const rows = rawRows(table);
  const read = rawColumnsRead(sources, variable, test);
  const parts = [make("h4", null, read.size || column ? "Raw cell" : "Raw row of the record")];
  const items = [...read].filter((name) => rows && rows.has(name)).map((name) =>
    [make("code", null, name), " = ", shown(rows.at(position, name))]);
  parts.push(make("div", { class: "step raw" },
    make("div", null, rows === null ? placeText(place) : link(address("raw", table, place.row), placeText(place)),
      column ? [", column ", make("code", null, column)] : null),
    listed(items),
    rows === null ? make("div", { class: "soft" }, "The texts of this raw table are not in this output; look at the file.") : null,
    otherRows(dataset, record)));
  return parts;
}

function otherRows(dataset, record) {
  const more = tableOf("more:" + dataset);
  if (more === null) return null;
  const places = [];
  for (let at = 0; at < more.records && places.length < 50; at++) {
    if (more.at(at, "record") === record) places.push({ file: more.at(at, "file"), row: more.at(at, "row") });
  }
  return places.length > 1
    ? make("div", null, "made of the rows", listed(places.map((place) => link(address("rawfile", place.file, place.row), placeText(place)))))
    : null;
}

// --- analysis datasets --------------------------------------------------------------------------------

function wayOfAnalysis(known, dataset, record, variable, depth) {
  const origin = tableOf("origin:" + dataset);
  const made = origin ? origin.at(record, "step") : -1;
  const from = origin ? origin.at(record, "dataset") : null;
  const at = origin ? origin.at(record, "record") : -1;
  const parts = [];
  const context = { dataset, record, from, at, depth };
  if (made >= 0 && (known.records || {})[made] !== undefined) {
    parts.push(told(lineage.steps[known.records[made]], make("div", null, "made this record"),
      readsOfRecords(lineage.steps[known.records[made]])));
  }
  for (const [number, step] of (known.variables || {})[variable] || []) {
    if ((number === -2 && made >= 0) || (number >= 0 && number < made)) continue;
    parts.push(toldDerivation(lineage.steps[step], context));
  }
  if (!parts.length && from) {
    parts.push(make("div", { class: "step" }, make("div", null, "copied from ", named(from, variable)),
      make("div", { class: "soft" }, known.place)));
    parts.push(...nested(from, at, variable, depth));
  } else if (made >= 0 && from && at >= 0) {
    const table = recordsOf(dataset);
    const source = (table && table.has("SRCVAR") && table.at(record, "SRCVAR")) || variable;
    parts.push(...nested(from, at, source, depth));
  } else if (!parts.length) {
    parts.push(make("p", { class: "soft" }, "Made with the record, by what the dataset's spec says (" + known.place + ")."));
  }
  return parts;
}

// The records that a record comes from, one after the other, to the raw row.
function chainOf(dataset, record) {
  const items = [];
  let [name, at] = [dataset, record];
  while (items.length < DEEPEST) {
    const origin = tableOf("origin:" + name);
    if (origin === null || !origin.at(at, "dataset") || origin.at(at, "record") < 0) break;
    [name, at] = [origin.at(at, "dataset"), origin.at(at, "record")];
    items.push(recordsOf(name) ? link(address("record", name, at + 1), name + " record " + (at + 1)) : name + " record " + (at + 1));
  }
  const trace = tableOf("trace:" + name);
  if (items.length && trace !== null && trace.at(at, "position") >= 0) {
    const place = { file: trace.at(at, "file"), row: trace.at(at, "row") };
    items.push(rawRows(trace.at(at, "table")) ? link(address("raw", trace.at(at, "table"), place.row), placeText(place)) : placeText(place));
  }
  if (!items.length) return [];
  return [make("h4", null, "The record comes from"), make("p", null, items.map((item, place) => [place ? " ← " : "", item]))];
}

// A value that a step read, which opens to its own way.
function opening(written, dataset, record, variable, depth) {
  const value = recordsOf(dataset).at(record, variable);
  const head = [make("code", null, written), " = ", valueLink(dataset, record, variable, value)];
  if (depth >= DEEPEST || IDENTIFIERS.has(variable)) return head;
  const made = make("details", { on: { toggle: () => {
    if (made.open && made.childElementCount === 1) made.append(make("div", null, wayOf(dataset, record, variable, depth + 1)));
  } } }, make("summary", null, head));
  return made;
}

// The value of another record, with its own way below it.
function nested(dataset, record, variable, depth) {
  const table = recordsOf(dataset);
  if (table === null || record < 0) {
    return [make("p", null, "Record " + (record + 1) + " of ", make("code", null, dataset),
      described.has(dataset) ? ", whose records this page leaves out" : "")];
  }
  if (!table.has(variable)) {
    const qualifier = qualifierOf(dataset, record, variable);
    if (qualifier >= 0) return nested("SUPP" + dataset, qualifier, "QVAL", depth);
    return [make("p", null, "from ", link(address("record", dataset, record + 1), dataset + " record " + (record + 1)))];
  }
  const head = make("h4", null, named(dataset, variable), " = ", valueLink(dataset, record, variable, table.at(record, variable)),
    make("small", { class: "soft" }, " record " + (record + 1)));
  if (depth >= DEEPEST || IDENTIFIERS.has(variable)) return [head];
  return [head, ...wayOf(dataset, record, variable, depth + 1)];
}

function qualifierOf(dataset, record, name) {
  const supplemental = recordsOf("SUPP" + dataset);
  const table = recordsOf(dataset);
  if (supplemental === null || table === null) return -1;
  for (const found of supplemental.find({ USUBJID: table.at(record, "USUBJID") || "", QNAM: name }, 500)) {
    const identifier = supplemental.at(found, "IDVAR");
    if (!identifier || table.at(record, identifier) === supplemental.at(found, "IDVARVAL")) return found;
  }
  return -1;
}

function toldDerivation(step, context) {
  const { dataset, record, from, at, depth } = context;
  if (step.merge) return [told(step), mergedFrom(step.merge, context)].flat();
  const table = recordsOf(dataset);
  const reads = (step.reads || []).map(([written, , name]) => {
    if (table && table.has(name)) {
      return opening(written, dataset, record, name, depth);
    }
    const source = from ? recordsOf(from) : null;
    if (source && source.has(name) && at >= 0) {
      return opening(from + "." + written, from, at, name, depth);
    }
    return [make("code", null, written), " made on the way, not in the dataset"];
  });
  return told(step, listed(reads), otherDatasets(step, depth));
}

function otherDatasets(step) {
  return (step.datasets || []).length
    ? make("div", null, "reads the subject's records of ", step.datasets.map((name, place) =>
      [place ? ", " : "", described.has(name) ? link(address("dataset", name), name) : name]))
    : null;
}

function readsOfRecords(step) {
  const names = (step.reads || []).map(([written]) => written);
  return [names.length ? make("div", null, "reads ", names.map((name, place) => [place ? ", " : "", make("code", null, name)])) : null,
    otherDatasets(step)];
}

function mergedFrom(merge, { dataset, record, depth }) {
  const table = recordsOf(dataset);
  const other = recordsOf(merge.dataset);
  if (table === null || other === null) return [];
  const wanted = {};
  for (const [theirs, ours] of Object.entries(merge.by)) {
    if (!table.has(ours) || !other.has(theirs)) return [];
    wanted[theirs] = table.at(record, ours) || "";
  }
  const found = other.find(wanted, 6);
  if (found.length === 1) return nested(merge.dataset, found[0], merge.variable, depth);
  return [make("div", null, (found.length ? "records" : "no record") + " of " + merge.dataset + " with this key",
    listed(found.map((at) => [link(address("record", merge.dataset, at + 1, merge.variable), "record " + (at + 1)), ": ",
      shown(other.at(at, merge.variable))])))];
}
