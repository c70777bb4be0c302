// Addresses inside the page: a plain anchor shows its part, `#record=AE/12/AETERM` and its like open the browser.

const sections = [...document.querySelectorAll("main > section")];

function showSection(name) {
  for (const section of sections) section.hidden = section.id !== name;
  for (const item of document.querySelectorAll(".columns > nav a")) {
    if (item.getAttribute("href") === "#" + name) item.setAttribute("aria-current", "page");
    else item.removeAttribute("aria-current");
  }
}

const ROUTES = {
  record: (browser, [dataset, record, variable]) => showRecord(browser, dataset, Number(record) - 1, variable || ""),
  dataset: (browser, [dataset]) => showDataset(browser, dataset),
  raw: (browser, [table, row, column]) => showRawRow(browser, table, Number(row), "", column),
  rawtable: (browser, [table]) => showRawTable(browser, table),
  rawfile: (browser, [file, row]) => {
    const table = Object.entries(contents.raw).find(([name, each]) => each.files.includes(file) && rawPosition(name, Number(row), file) >= 0);
    if (table) showRawRow(browser, table[0], Number(row), file);
    else notThere(browser, "The page does not hold row " + row + " of " + file + ".");
  },
  key: (browser, [dataset, variable, ...pairsOfKey]) => {
    const table = recordsOf(dataset);
    const wanted = Object.fromEntries(pairsOfKey.map((pair) => [pair.slice(0, pair.indexOf("=")), pair.slice(pair.indexOf("=") + 1)]));
    const found = table ? table.find(wanted, 2) : [];
    if (found.length === 1) return showRecord(browser, dataset, found[0], table.has(variable) ? variable : "");
    if (!found.length) return notThere(browser, "The page holds no record of " + dataset + " with " + keyText(wanted) + ".");
    browsing = { name: dataset, text: Object.values(wanted).sort((a, b) => b.length - a.length)[0], column: "", order: "", descending: false, page: 0 };
    return showDataset(browser, dataset);
  },
};

function open() {
  const hash = location.hash.slice(1);
  const at = hash.indexOf("=");
  const kind = at < 0 ? "" : hash.slice(0, at);
  const parts = at < 0 ? [] : hash.slice(at + 1).split("/").map(decoded);
  const browser = document.getElementById("browser");
  if (kind === "result" && document.getElementById("number-browser")) {
    showSection("numbers");
    showResult(document.getElementById("number-browser"), parts[0]);
    return arrive("numbers");
  }
  if (ROUTES[kind] && browser) {
    const before = openRecord;
    showSection("records");
    ROUTES[kind](browser, parts);
    return before !== "" && before === openRecord ? undefined : arrive("records");
  }
  const target = document.getElementById(decoded(hash)) || sections[0];
  const section = sections.find((each) => each === target || each.contains(target)) || sections[0];
  showSection(section.id);
  if (section.id === "records" && browser) startBrowsing(browser);
  if (section.id === "numbers") showNumbers(document.getElementById("number-browser"));
  for (let around = target; around && around !== section; around = around.parentElement) {
    if (around.tagName === "DETAILS") around.open = true;
  }
  if (target === section) return arrive(section.id);
  target.scrollIntoView();
  return undefined;
}

function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

let isFirst = true;

// To the top of the part, and there for those who listen or use the keyboard.
function arrive(name) {
  window.scrollTo(0, 0);
  if (!isFirst) {
    const section = document.getElementById(name);
    (section.querySelector("h3[tabindex]") || section.querySelector("h2")).focus({ preventScroll: true });
  }
}

filterFindings();
filterComparison();
open();
isFirst = false;
window.addEventListener("hashchange", open);
document.documentElement.dataset.ready = "yes";
