// Tails look again every 4 seconds: not while the page is hidden, an event stands open, or older pages were opened.
(() => {
  const tails = () => document.querySelectorAll("[data-tail]");
  const isRead = (tail) => tail.querySelector("details[open]") !== null || tail.dataset.older === "1";

  function look() {
    if (document.hidden) return;
    for (const tail of tails()) {
      if (tail.querySelector("[data-tail-live]") && !isRead(tail)) htmx.trigger(tail, "tail:look");
    }
  }

  document.addEventListener("htmx:configRequest", (event) => {
    const tail = event.target;
    if (tail.matches("[data-tail]")) event.detail.parameters.seen = tail.querySelector("[data-seen]")?.dataset.seen ?? "";
    if (tail.matches("[data-tail-older]")) tail.closest("[data-tail]").dataset.older = "1";
  });
  // An answer that was on its way when an event was opened must not close it.
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (event.detail.target.matches("[data-tail]") && isRead(event.detail.target)) event.detail.shouldSwap = false;
  });
  document.addEventListener("toggle", (event) => {
    const held = event.target.closest?.("[data-tail]")?.querySelector("[data-tail-held]");
    if (held) held.hidden = !isRead(held.closest("[data-tail]"));
  }, true);
  setInterval(look, 4000);
})();
