"use strict";
(() => {
  const byId = (id) => document.getElementById(id);
  const table = byId("plan-table");
  const body = table.tBodies[0];
  const rows = Array.from(body.rows);
  const bands = Array.from(document.querySelectorAll("g.band")).map((band) => {
    const label = band.querySelector(".of");
    return { band, label, text: label && label.textContent, lines: band.dataset.l.split(" ").map(Number) };
  });
  const controls = byId("controls");
  const search = byId("search");
  const more = byId("more");
  const filters = [["by-mode", "m"], ["by-family", "f"], ["by-site", "s"]]
    .map(([id, key]) => [byId(id), key])
    .filter(([select]) => select !== null);
  const inWords = (number) => number.toLocaleString("en");

  let most = Number(table.dataset.most);
  let words = null;
  const apply = () => {
    const wanted = search.value.toLocaleLowerCase().split(/\s+/u).filter(Boolean);
    words = words || (wanted.length ? new Map(rows.map((row) => [row, row.textContent.toLocaleLowerCase()])) : null);
    const fits = (row) => wanted.every((word) => words.get(row).includes(word)) && filters.every(
      ([select, key]) => select.value === "" || row.dataset[key].split(" ").includes(select.value));
    const fit = new Set(rows.filter(fits));
    let shown = 0;
    for (const row of body.rows) {
      row.hidden = !fit.has(row) || shown >= most;
      shown += row.hidden ? 0 : 1;
    }
    bands.forEach(({ band, label, text, lines }) => {
      const left = lines.filter((at) => fit.has(rows[at])).length;
      band.classList.toggle("out", left === 0);
      if (label && lines.length > 1) {
        label.textContent = left === lines.length ? text : `${inWords(left)} of ${text}`;
      }
    });
    const noun = rows.length === 1 ? "line" : "lines";
    const all = `${inWords(rows.length)} ${noun}`;
    const found = fit.size === rows.length ? all : `${inWords(fit.size)} of ${all}`;
    byId("shown").textContent = shown === fit.size ? found : `${found}, the first ${inWords(shown)} in the table`;
    byId("none").hidden = fit.size > 0;
    if (more) {
      more.hidden = shown === fit.size;
      const rest = fit.size - shown;
      more.textContent = `Show ${inWords(rest)} more ${rest === 1 ? "line" : "lines"}`;
    }
  };
  search.addEventListener("input", apply);
  filters.forEach(([select]) => select.addEventListener("change", apply));
  controls.addEventListener("reset", () => window.setTimeout(apply, 0));
  controls.addEventListener("submit", (event) => event.preventDefault());
  controls.hidden = false;
  if (more) {
    more.addEventListener("click", () => {
      const first = Array.from(body.rows).filter((row) => !row.hidden).length;
      most = Infinity;
      apply();
      // The button is gone: the focus goes on to what it brought.
      const head = Array.from(body.rows).filter((row) => !row.hidden)[first].cells[0];
      head.tabIndex = -1;
      head.focus();
    });
  }

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
    apply();
  };
  heads.forEach((head, at) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    button.addEventListener("click", () => sort(head, at));
    head.append(button);
  });
  apply();
  table.classList.remove("short");

  const every = (open) => document.querySelectorAll("details.why").forEach((part) => { part.open = open; });
  const openAll = byId("open-all");
  if (openAll) {
    openAll.parentElement.hidden = false;
    openAll.addEventListener("click", () => every(true));
    byId("close-all").addEventListener("click", () => every(false));
  }
  // What scrolls to the side can be scrolled by keys too.
  const charts = Array.from(document.querySelectorAll(".chart"));
  const reach = () => charts.forEach((chart) => {
    if (chart.scrollWidth > chart.clientWidth) chart.tabIndex = 0;
    else chart.removeAttribute("tabindex");
  });
  window.addEventListener("resize", reach);
  reach();
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
