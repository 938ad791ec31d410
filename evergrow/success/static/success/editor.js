// Dragging steps: the order is a form that is sent when a step is dropped. Without this script the arrows do the same.
for (const list of document.querySelectorAll("[data-sortable]")) {
  const form = document.getElementById(list.dataset.sortable);
  window.Sortable.create(list, { handle: "[data-drag]", animation: 120, onEnd: () => form.requestSubmit() });
}
