// The account list: ticking rows, the bar of bulk acts, and the keys J K X Enter F. The list works without it.

const list = {
  get form() { return document.getElementById("bulk"); },
  get rows() { return [...this.form.querySelectorAll("tbody tr")]; },
  get boxes() { return [...this.form.querySelectorAll("input[name=account], input[name=person]")]; },
  get everything() { return this.form.querySelector("input[name=everything]"); },
  get focused() { return this.form.querySelector("tbody tr.focused"); },
};

const amount = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });

function showSelection() {
  const ticked = list.boxes.filter((box) => box.checked);
  const all = list.everything.value === "1";
  for (const box of list.boxes) box.closest("tr").classList.toggle("selected", box.checked);
  const bar = list.form.querySelector(".bulk-bar");
  if (!bar) return;
  bar.hidden = ticked.length === 0;
  const count = all ? Number(list.form.dataset.total) : ticked.length;
  const sum = all
    ? Number(list.form.dataset.totalMrr)
    : ticked.reduce((total, box) => total + Number(box.closest("tr").dataset.mrr), 0);
  const said = bar.querySelector("[data-selected]");
  said.textContent = said.dataset.text.replace("{n}", amount.format(count));
  const mrr = bar.querySelector("[data-selected-mrr]");
  if (mrr) mrr.textContent = mrr.dataset.text + amount.format(sum);
  const more = bar.querySelector("[data-everything]");
  if (more) more.hidden = all;
  const head = list.form.querySelector("[data-tick-all]");
  if (head) {
    head.checked = ticked.length > 0 && ticked.length === list.boxes.length;
    head.indeterminate = ticked.length > 0 && !head.checked;
  }
}

function tickAll(checked) {
  for (const box of list.boxes) box.checked = checked;
}

document.addEventListener("change", (event) => {
  if (!list.form || !list.form.contains(event.target)) return;
  if (event.target.matches("[data-tick-all], [data-unselect]")) {
    tickAll(event.target.matches("[data-tick-all]") && event.target.checked);
    for (const box of list.form.querySelectorAll("[data-unselect]")) box.checked = true;
  } else if (!event.target.matches("input[name=account], input[name=person]")) return;
  list.everything.value = "0";
  showSelection();
});

document.addEventListener("click", (event) => {
  if (!list.form || !event.target.closest("[data-everything]")) return;
  tickAll(true);
  list.everything.value = "1";
  showSelection();
});

function moveFocus(step) {
  const rows = list.rows;
  if (rows.length === 0) return;
  const at = rows.indexOf(list.focused);
  const next = rows[Math.max(0, Math.min(rows.length - 1, at + step))] ?? rows[0];
  if (list.focused) list.focused.classList.remove("focused");
  next.classList.add("focused");
  next.scrollIntoView({ block: "nearest" });
}

const keys = {
  j: () => moveFocus(1),
  k: () => moveFocus(-1),
  x: () => list.focused?.querySelector("input[name=account], input[name=person]")?.click(),
  enter: () => list.focused?.querySelector("a").click(),
  f: () => {
    const menu = document.getElementById("add-filter");
    if (!menu) return;
    menu.open = true;
    menu.querySelector("a, input")?.focus();
  },
};

document.addEventListener("keydown", (event) => {
  if (!list.form || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest("input:not([type=checkbox]), textarea, select, [contenteditable], button, a, summary")) return;
  const act = keys[event.key.toLowerCase()];
  if (!act) return;
  event.preventDefault();
  act();
});

// A browser that goes back keeps the ticks; the bar has to follow.
addEventListener("pageshow", () => list.form && showSelection());
