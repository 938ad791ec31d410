// The board of stages: a card is moved by dragging it, by Alt with an arrow key, or by M. Each opens the form that asks for
// the reason. The board works without it: every card has a link to the same form.

const board = {
  get all() { return document.querySelector("[data-stage-board]"); },
  get columns() { return [...this.all.querySelectorAll("[data-stage]")]; },
  dragged: null,
};

function ask(card, stage) {
  const link = card.querySelector("[data-move]");
  if (!link) return;
  const address = new URL(link.href);
  if (stage) address.searchParams.set("to", stage);
  if (window.htmx) window.htmx.ajax("GET", address.pathname + address.search, { target: "#drawer", swap: "innerHTML show:none" });
  else window.location.assign(address);
}

function mark(column) {
  for (const each of board.columns) each.classList.toggle("is-target", each === column);
}

document.addEventListener("dragstart", (event) => {
  const card = event.target.closest?.("[data-card]");
  if (!card) return;
  board.dragged = card;
  card.classList.add("is-dragged");
  event.dataTransfer.effectAllowed = "move";
  event.dataTransfer.setData("text/plain", card.querySelector("[data-move]")?.href ?? "");
});

document.addEventListener("dragend", () => {
  if (!board.dragged) return;
  board.dragged.classList.remove("is-dragged");
  board.dragged = null;
  mark(null);
});

document.addEventListener("dragover", (event) => {
  const column = board.dragged && event.target.closest?.("[data-stage]");
  if (!column || column.contains(board.dragged)) return;
  event.preventDefault();
  mark(column);
});

document.addEventListener("drop", (event) => {
  const column = board.dragged && event.target.closest?.("[data-stage]");
  if (!column || column.contains(board.dragged)) return;
  event.preventDefault();
  ask(board.dragged, column.dataset.stage);
});

document.addEventListener("keydown", (event) => {
  const card = event.target.matches?.("[data-card]") ? event.target : null;
  if (!card) return;
  const columns = board.columns;
  const here = columns.findIndex((column) => column.contains(card));
  const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key] ?? 0;
  if (step && event.altKey) {
    const next = columns[here + step];
    if (!next) return;
    event.preventDefault();
    ask(card, next.dataset.stage);
  } else if (event.key.toLowerCase() === "m" && !event.ctrlKey && !event.metaKey) {
    event.preventDefault();
    ask(card, "");
  } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    const next = event.key === "ArrowDown" ? card.nextElementSibling : card.previousElementSibling;
    if (!next) return;
    event.preventDefault();
    next.focus();
  }
});
