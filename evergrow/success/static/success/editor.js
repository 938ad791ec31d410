// The step editor. Dragging fills the form of places, which is sent when a step is dropped; without this script the
// arrows and the form of a step do the same.
for (const list of document.querySelectorAll("[data-sortable]")) {
  const form = document.getElementById(list.dataset.sortable);
  window.Sortable.create(list, {
    group: list.dataset.sortable, handle: "[data-drag]", animation: 120, fallbackOnBody: true, emptyInsertThreshold: 24,
    onMove: (move) => !move.dragged.contains(move.to),
    onEnd: (drop) => {
      if (drop.from === drop.to && drop.oldIndex === drop.newIndex) return;
      drop.item.querySelector('input[name="lane"]').value = drop.to.dataset.lane;
      const moved = Object.assign(document.createElement("input"), { type: "hidden", name: "moved" });
      moved.value = drop.item.id.replace(/^step-/, "");
      form.append(moved);
      form.requestSubmit();
    },
  });
}

// With a step in focus, Alt and an arrow key move it.
document.addEventListener("keydown", (event) => {
  const name = { ArrowUp: "up", ArrowDown: "down" }[event.key];
  const card = event.altKey && name && event.target.closest(".step-card");
  const button = card && card.querySelector(`button[name="${name}"]`);
  if (!button || button.disabled) return;
  event.preventDefault();
  button.click();
});

// A choice that brings other fields saves the form and leaves it open.
for (const field of document.querySelectorAll("[data-stay]")) {
  field.addEventListener("change", () => {
    const form = field.form;
    const stay = document.createElement("input");
    Object.assign(stay, { type: "hidden", name: field.dataset.stay, value: "1" });
    form.append(stay);
    form.requestSubmit();
  });
}

// A variable goes where one wrote last.
let written = null;
document.addEventListener("focusin", (event) => { if (event.target.matches("[name^=subject_], [name^=body_]")) written = event.target; });
for (const button of document.querySelectorAll("[data-insert]")) {
  button.addEventListener("click", () => {
    const field = written || document.querySelector("[name^=body_]");
    if (!field) return;
    field.setRangeText(button.dataset.insert, field.selectionStart, field.selectionEnd, "end");
    field.focus();
  });
}
