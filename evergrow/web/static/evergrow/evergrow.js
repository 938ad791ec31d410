// Small behaviours of the shell. Everything here also works without it: menus are <details>, switches are forms.

function toast(text, level = "success") {
  const made = document.getElementById("toast-template").content.firstElementChild.cloneNode(true);
  made.classList.add(`toast-${level}`);
  made.querySelector(".toast-text").textContent = text;
  document.getElementById("toasts").append(made);
  keepBriefly(made);
}

function keepBriefly(shown) {
  const isError = shown.classList.contains("toast-error") || shown.classList.contains("toast-warning");
  setTimeout(() => shown.remove(), isError ? 12000 : 5000);
}

function closeMenus(except) {
  for (const menu of document.querySelectorAll("details[data-menu][open]")) {
    if (!except || !menu.contains(except)) menu.open = false;
  }
}

// How far to the right one can see from here: to the end of the window, or of a part that scrolls by itself.
function visibleEnd(node) {
  for (let part = node.parentElement; part && part !== document.body; part = part.parentElement) {
    if (/(auto|scroll|hidden)/.test(getComputedStyle(part).overflow)) return part.getBoundingClientRect().right;
  }
  return document.documentElement.clientWidth;
}

function placeMenu(menu) {
  const body = menu.querySelector(":scope > .definition-body, :scope > .menu-body");
  if (!body) return;
  menu.classList.remove("opens-left");
  const end = Math.min(visibleEnd(menu), document.documentElement.clientWidth) - 8;
  const { right, width } = body.getBoundingClientRect();
  const fits = menu.getBoundingClientRect().right - width > 0;
  if (right > end && (fits || !body.matches(".menu-body"))) menu.classList.add("opens-left");
}

document.addEventListener("click", (event) => {
  closeMenus(event.target);
  const dismissed = event.target.closest("[data-dismiss]");
  if (dismissed) dismissed.closest(".toast").remove();
  const toggle = event.target.closest("[data-nav-toggle]");
  const page = document.querySelector(".page");
  if (toggle) {
    event.preventDefault();
    toggle.setAttribute("aria-expanded", String(page.classList.toggle("nav-open")));
  } else if (page && page.classList.contains("nav-open") && !event.target.closest(".sidebar")) {
    page.classList.remove("nav-open");
  }
});

document.addEventListener("toggle", (event) => {
  if (event.target.matches("details:is(.definition, .menu)[open]")) placeMenu(event.target);
}, true);

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const open = document.querySelector("details[data-menu][open]");
  if (open) open.querySelector("summary").focus();
  closeMenus();
});

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.matches("[data-theme-switch]")) {
    event.preventDefault();
    const theme = event.submitter.value;
    const body = new URLSearchParams(new FormData(form));
    body.set("theme", theme);
    document.documentElement.dataset.bsTheme = theme;
    document.dispatchEvent(new CustomEvent("evergrow:theme", { detail: theme }));
    fetch(form.action, { method: "POST", body, headers: { "X-Quiet": "1" } });
  }
});

// A select or box marked data-submit sends its form when it changes.
document.addEventListener("change", (event) => {
  if (event.target.matches("[data-submit]")) event.target.form.requestSubmit();
});

// A field marked data-select-all is there to be copied: touching it selects what it holds.
document.addEventListener("focusin", (event) => {
  if (event.target.matches("[data-select-all]")) event.target.select();
});

document.addEventListener("toast", (event) => toast(event.detail.text ?? event.detail.value, event.detail.level));

document.addEventListener("htmx:responseError", (event) => {
  const said = event.detail.xhr.getResponseHeader("X-Sentence");
  toast(said ? decodeURIComponent(said) : document.body.dataset.errorText, "error");
});
document.addEventListener("htmx:sendError", () => toast(document.body.dataset.offlineText, "error"));

for (const shown of document.querySelectorAll("[data-toast]")) keepBriefly(shown);
if (!/Mac|iPhone|iPad/.test(navigator.platform)) {
  for (const key of document.querySelectorAll("[data-shortcut]")) key.textContent = key.textContent.replace("⌘", "Ctrl ");
}
