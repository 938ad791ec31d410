// The search palette: ⌘K or Ctrl K opens it, the arrows choose, Enter goes. The hits come from the server.
(() => {
  const palette = document.getElementById("palette");
  if (!palette) return;
  const field = palette.querySelector("input");
  const place = document.getElementById("palette-hits");
  const hits = () => [...place.querySelectorAll(".hit")];
  let chosen = 0;

  function open(text = "") {
    if (palette.open) return;
    palette.showModal();
    field.value = text;
    field.focus();
    htmx.trigger(field, "palette:open");
  }

  function choose(at) {
    const all = hits();
    if (!all.length) return field.removeAttribute("aria-activedescendant");
    chosen = (at + all.length) % all.length;
    all.forEach((hit, position) => {
      hit.id = `hit-${position}`;
      hit.tabIndex = -1;
      hit.setAttribute("aria-selected", String(position === chosen));
    });
    all[chosen].scrollIntoView({ block: "nearest" });
    field.setAttribute("aria-activedescendant", all[chosen].id);
  }

  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest("input, textarea, select, [contenteditable]");
    if ((event.key.toLowerCase() === "k" && (event.metaKey || event.ctrlKey)) || (event.key === "/" && !typing)) {
      event.preventDefault();
      open();
    }
  });

  for (const form of document.querySelectorAll("[data-palette-open]")) {
    form.addEventListener("focusin", () => open(form.querySelector("input").value));
    form.addEventListener("click", () => open());
  }

  field.addEventListener("keydown", (event) => {
    const moves = { ArrowDown: 1, ArrowUp: -1 };
    if (event.key in moves) {
      event.preventDefault();
      choose(chosen + moves[event.key]);
    } else if (event.key === "Enter" && !event.isComposing) {
      event.preventDefault();
      const hit = hits()[chosen];
      if (hit && (event.metaKey || event.ctrlKey) && hit.href) window.open(hit.href, "_blank");
      else hit?.click();
    }
  });

  place.addEventListener("htmx:afterSwap", () => choose(0));
  place.addEventListener("mousemove", (event) => {
    const at = hits().indexOf(event.target.closest(".hit"));
    if (at >= 0 && at !== chosen) choose(at);
  });
  palette.addEventListener("click", (event) => { if (event.target === palette) palette.close(); });
  palette.addEventListener("close", () => document.activeElement?.blur());
})();
