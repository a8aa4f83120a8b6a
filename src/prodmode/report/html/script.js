"use strict";
(() => {
  const byId = (id) => document.getElementById(id);
  const table = byId("plan-table");
  const body = table.tBodies[0];
  const rows = Array.from(body.rows);
  const words = rows.map((row) => row.textContent.toLocaleLowerCase());
  const controls = byId("controls");
  const search = byId("search");
  const filters = [["by-mode", "m"], ["by-family", "f"], ["by-site", "s"]]
    .map(([id, key]) => [byId(id), key])
    .filter(([select]) => select !== null);

  const apply = () => {
    const wanted = search.value.toLocaleLowerCase().split(/\s+/u).filter(Boolean);
    let shown = 0;
    rows.forEach((row, at) => {
      const fits = wanted.every((word) => words[at].includes(word)) && filters.every(
        ([select, key]) => select.value === "" || row.dataset[key].split(" ").includes(select.value));
      row.hidden = !fits;
      shown += fits ? 1 : 0;
    });
    const all = rows.length.toLocaleString("en");
    const noun = rows.length === 1 ? "line" : "lines";
    byId("shown").textContent = shown === rows.length
      ? `${all} ${noun}` : `${shown.toLocaleString("en")} of ${all} ${noun}`;
    byId("none").hidden = shown > 0;
  };
  search.addEventListener("input", apply);
  filters.forEach(([select]) => select.addEventListener("change", apply));
  controls.addEventListener("reset", () => window.setTimeout(apply, 0));
  controls.addEventListener("submit", (event) => event.preventDefault());
  controls.hidden = false;

  const heads = Array.from(table.tHead.rows[0].cells);
  const valueOf = (row, at, numeric) => {
    const cell = row.cells[at];
    if (!numeric) return cell.textContent.trim();
    return cell.dataset.v === "" ? -Infinity : Number(cell.dataset.v);
  };
  const sort = (head, at) => {
    const numeric = head.dataset.sort === "number";
    const first = numeric ? "descending" : "ascending";
    const other = numeric ? "ascending" : "descending";
    const order = head.getAttribute("aria-sort") === first ? other : first;
    heads.forEach((cell) => cell.removeAttribute("aria-sort"));
    head.setAttribute("aria-sort", order);
    const sign = order === "ascending" ? 1 : -1;
    const keyed = Array.from(body.rows).map((row) => [valueOf(row, at, numeric), row]);
    const compare = new Intl.Collator("en", { numeric: true }).compare;
    keyed.sort(([a], [b]) => sign * (numeric ? (a < b ? -1 : a > b ? 1 : 0) : compare(a, b)));
    body.append(...keyed.map(([, row]) => row));
  };
  heads.forEach((head, at) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    button.addEventListener("click", () => sort(head, at));
    head.append(button);
  });

  const every = (open) => document.querySelectorAll("details.why").forEach((part) => { part.open = open; });
  const openAll = byId("open-all");
  if (openAll) {
    openAll.parentElement.hidden = false;
    openAll.addEventListener("click", () => every(true));
    byId("close-all").addEventListener("click", () => every(false));
  }
  const reveal = () => {
    const target = byId(window.location.hash.slice(1));
    if (target && target.tagName === "DETAILS") {
      target.open = true;
      target.scrollIntoView();
    }
  };
  window.addEventListener("hashchange", reveal);
  reveal();
})();
