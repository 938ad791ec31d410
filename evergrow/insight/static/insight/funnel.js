// The funnel page: steps are moved and removed in place, with their filters. Without it they are chosen anew.
(() => {
  const rows = (list) => [...list.querySelectorAll("[data-funnel-step]")];
  const isChosen = (row) => Boolean(row.querySelector("select[name=step]").value);

  // Filters and “may be left out” name steps by their number: they follow the step that they belong to.
  function renumber(form, list, before) {
    const places = new Map(rows(list).map((row, place) => [before.indexOf(row) + 1, place + 1]));
    for (const select of form.querySelectorAll("select[name=of]")) {
      if (!/^\d+$/.test(select.value)) continue;
      const place = places.get(Number(select.value));
      const topic = select.closest(".trend-filter").querySelector("select[name=on]");
      if (place) select.value = String(place);
      else topic.value = "";
    }
    rows(list).forEach((row, place) => {
      const box = row.querySelector("input[name=optional]");
      if (box) box.value = String(place + 1);
    });
  }

  function change(button, act) {
    const form = button.closest("form");
    const list = button.closest("[data-funnel-steps]");
    const before = rows(list);
    act(button.closest("[data-funnel-step]"), list);
    renumber(form, list, before);
    form.dispatchEvent(new Event("change", { bubbles: true }));
  }

  function move(row, list, by) {
    const chosen = rows(list).filter(isChosen);
    const other = chosen[chosen.indexOf(row) + by];
    if (!other) return;
    if (by < 0) list.insertBefore(row, other);
    else list.insertBefore(other, row);
  }

  document.addEventListener("click", (event) => {
    const mover = event.target.closest("[data-move]");
    if (mover) change(mover, (row, list) => move(row, list, Number(mover.dataset.move)));
    const remover = event.target.closest("[data-remove-step]");
    if (remover) change(remover, (row) => row.remove());
  });

  // Alt with an arrow moves the step whose field is focused
  document.addEventListener("keydown", (event) => {
    const row = event.altKey && event.target.closest?.("[data-funnel-step]");
    if (!row || !["ArrowUp", "ArrowDown", "ArrowLeft", "ArrowRight"].includes(event.key)) return;
    event.preventDefault();
    const by = ["ArrowUp", "ArrowLeft"].includes(event.key) ? -1 : 1;
    change(row.querySelector("select"), (found, list) => move(found, list, by));
  });

  function enliven() {
    for (const moves of document.querySelectorAll("[data-funnel-moves]")) moves.hidden = false;
  }

  document.addEventListener("htmx:load", enliven);
  enliven();
})();
