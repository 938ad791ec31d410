// The inbox by keyboard: J K move, Enter opens, T takes, A assigns, P shows the playbook, E resolves, S puts off, F false
// positive, X ticks, / finds, ? tells the keys. Without this script the same is done by links, menus and forms.
(() => {
  const inbox = () => document.querySelector("[data-inbox]");
  const rows = () => [...document.querySelectorAll("[data-row]")];
  const current = () => document.querySelector(".inbox-row.is-current");
  const isNarrow = () => matchMedia("(max-width: 767px)").matches;

  function follow(row) {
    const all = rows();
    const next = all[all.indexOf(row) + 1] || all[all.indexOf(row) - 1];
    for (const field of document.querySelectorAll("[data-following]")) field.value = next ? next.dataset.row : "";
  }

  function show(row) {
    if (!row) return;
    for (const each of rows()) {
      each.classList.toggle("is-current", each === row);
      each.querySelector(".inbox-link").toggleAttribute("aria-current", each === row);
    }
    row.scrollIntoView({ block: "nearest" });
    const link = row.querySelector(".inbox-link");
    window.htmx.trigger(link, "show");
    history.replaceState(history.state, "", link.getAttribute("href"));
  }

  function step(by) {
    const all = rows();
    const at = all.indexOf(current());
    show(all[Math.max(0, Math.min(all.length - 1, at + by))]);
  }

  function act(key) {
    const found = document.querySelector(`[data-act="${key}"]`);
    if (!found) return false;
    if (found.matches("details")) {
      found.open = true;
      const field = found.querySelector("input:not([type=hidden]), select");
      if (field) field.focus();
    } else found.click();
    return true;
  }

  function tick() {
    const box = current() && current().querySelector("input[type=checkbox]");
    if (box) box.click();
  }

  function find() {
    const field = document.querySelector("[data-find]");
    field.closest("details").open = true;
    field.focus();
  }

  const KEYS = {
    j: () => step(1),
    k: () => step(-1),
    x: tick,
    "/": find,
    "?": () => document.querySelector("[data-key-help]").click(),
    Enter: () => current() && location.assign(document.querySelector("[data-pane] [data-url]").dataset.url),
  };

  document.addEventListener("keydown", (event) => {
    if (!inbox() || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest("input:not([type=checkbox]), select, textarea, [contenteditable]")) return;
    // A button or menu in focus keeps Enter for itself; the letters go on, so that nobody is stuck where a menu closed.
    if (event.key === "Enter" && event.target.closest("button, summary, a:not(.inbox-link)")) return;
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    if (KEYS[key]) KEYS[key]();
    else if (!"taespf".includes(key) || key.length !== 1 || !act(key)) return;
    event.preventDefault();
  });

  document.addEventListener("click", (event) => {
    const link = event.target.closest(".inbox-link");
    if (!link || isNarrow() || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    event.preventDefault();
    show(link.closest("[data-row]"));
  });

  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.target.matches("[data-playbook]")) {
      const start = event.detail.target.querySelector("[data-start]");
      if (start) start.focus();
    }
    if (current()) follow(current());
    if (event.detail.target.matches("[data-inbox]") && current()) current().scrollIntoView({ block: "nearest" });
  });
})();
