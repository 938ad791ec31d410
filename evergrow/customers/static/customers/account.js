// The account's page: drawers that close, and the keys J and K for the next and the previous account of the list.

const place = () => document.getElementById("drawer");

function closeDrawer() {
  place().replaceChildren();
  document.body.classList.remove("has-drawer");
}

document.addEventListener("htmx:afterSwap", (event) => {
  if (event.target !== place()) return;
  document.body.classList.toggle("has-drawer", place().childElementCount > 0);
  const first = place().querySelector("[autofocus], input:not([type=hidden]), textarea, select");
  if (first) first.focus();
});

document.addEventListener("click", (event) => {
  if (!event.target.closest("[data-drawer-close]")) return;
  event.preventDefault();
  closeDrawer();
});

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && place()?.childElementCount) return closeDrawer();
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest("input, textarea, select, [contenteditable]")) return;
  const link = document.querySelector(`a[data-key="${CSS.escape(event.key.toLowerCase())}"]`);
  if (link) link.click();
});

// On a phone the tabs scroll sideways; the current one should be in sight.
document.querySelector(".account-tabs [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
