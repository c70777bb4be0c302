// Elements of the page, made from texts only: nothing of the data is ever read as HTML.

function make(tag, attributes, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes || {})) {
    if (name === "on") for (const [event, act] of Object.entries(value)) made.addEventListener(event, act);
    else if (value === true) made.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) made.setAttribute(name, value);
  }
  for (const child of children.flat(Infinity)) {
    if (child !== null && child !== undefined && child !== "") made.append(child);
  }
  return made;
}

// A value of the data; what is missing is told, since an empty place says nothing.
function shown(value) {
  if (value === null || value === undefined || value === "") return make("span", { class: "empty" }, "empty");
  return make("bdi", { class: "value" }, value);
}

function link(target, ...children) {
  return make("a", { href: target }, ...children);
}

function address(kind, ...parts) {
  return "#" + kind + "=" + parts.map((part) => encodeURIComponent(part)).join("/");
}

function number(value) {
  return String(value).replace(/\B(?=(\d{3})+$)/g, ",");
}

function counted(count, word) {
  return number(count) + " " + word + (count === 1 ? "" : "s");
}

function listOf(head, rows, caption, numbers) {
  const right = new Set(numbers || []);
  const cell = (tag, content, place) =>
    make(tag, { class: right.has(place) ? "number" : null, scope: tag === "th" ? (place === 0 ? "row" : null) : null }, content);
  return make("div", { class: "wide", tabindex: "0", role: "region", "aria-label": caption },
    make("table", null,
      make("caption", null, caption),
      make("thead", null, make("tr", null, head.map((name, place) =>
        make("th", { scope: "col", class: right.has(place) ? "number" : null }, name)))),
      make("tbody", null, rows.map((row) =>
        make("tr", null, row.map((content, place) => cell(place ? "td" : "th", content, place)))))));
}

function pairs(entries) {
  return make("dl", null, entries.filter(([, value]) => value !== "" && value !== null && value !== undefined)
    .map(([name, value]) => make("div", null, make("dt", null, name), make("dd", null, value))));
}

function say(text) {
  document.getElementById("told").textContent = text;
}

// A field with its label, for the bars above tables.
function field(name, input, grow) {
  return make("label", { class: grow ? "grow" : null }, name, make("br"), input);
}

function choice(options, chosen, act) {
  const made = make("select", { on: { change: () => act(made.value) } },
    options.map(([value, name]) => make("option", { value, selected: value === chosen }, name)));
  return made;
}

// Calls `act` when typing has paused.
function later(act) {
  let waiting = 0;
  return () => {
    clearTimeout(waiting);
    waiting = setTimeout(act, 150);
  };
}
