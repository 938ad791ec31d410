// Dragging a rescue to another stage sends a form; an ended stage leads to the rescue's own page, where the reason is
// written. Without this script the buttons on that page do the same.
for (const list of document.querySelectorAll("[data-rescues]")) {
  window.Sortable.create(list, {
    group: "rescues",
    draggable: "[data-rescue]",
    animation: 120,
    sort: false,
    onAdd: (event) => {
      const form = document.getElementById("rescue-move");
      const to = event.to.dataset.rescues;
      if (to === "recovered" || to === "lost") {
        location.assign(`${event.item.querySelector("a").href}#decide`);
        return;
      }
      form.action = event.item.dataset.rescue;
      form.elements.move.value = to;
      form.requestSubmit();
    },
  });
}
