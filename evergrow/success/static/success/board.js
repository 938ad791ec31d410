// The board: a dropped card is a move that the server allows or refuses; refused ones go back and say why. Alt with an
// arrow key moves the focused card. Without this script a card's page offers the same moves.

const board = document.querySelector("[data-board]");
const columns = [...board.querySelectorAll("[data-column]")];

function count(column, by) {
  const shown = column.closest("section").querySelector("[data-count]");
  shown.textContent = Number(shown.textContent) + by;
}

function say(text) {
  document.dispatchEvent(new CustomEvent("toast", { detail: { text, level: "error" } }));
}

async function move(card, from, to, back) {
  count(from, -1);
  count(to, 1);
  const body = new URLSearchParams({ by: board.dataset.board, to: to.dataset.column });
  const headers = { Accept: "application/json", "X-CSRFToken": board.dataset.csrf };
  let refusal = "";
  try {
    const answer = await fetch(card.dataset.card, { method: "POST", body, headers });
    if (answer.ok) return;
    refusal = answer.status === 409 ? (await answer.json()).said : document.body.dataset.errorText;
  } catch {
    refusal = document.body.dataset.offlineText;
  }
  from.insertBefore(card, back);
  count(from, 1);
  count(to, -1);
  say(refusal);
}

for (const column of columns) {
  let next = null;
  window.Sortable.create(column, {
    group: "board", draggable: "[data-card]", animation: 120, delay: 150, delayOnTouchOnly: true,
    onStart: (event) => { next = event.item.nextElementSibling; },
    onEnd: (event) => { if (event.from !== event.to) move(event.item, event.from, event.to, next); },
  });
}

board.addEventListener("keydown", (event) => {
  const card = event.target.closest("[data-card]");
  if (!card || event.target !== card) return;
  const here = card.closest("[data-column]");
  const side = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
  if (event.altKey && side) {
    const to = columns[columns.indexOf(here) + side];
    event.preventDefault();
    if (!to) return;
    const next = card.nextElementSibling;
    to.prepend(card);
    card.focus();
    move(card, here, to, next);
  } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    const beside = event.key === "ArrowDown" ? card.nextElementSibling : card.previousElementSibling;
    event.preventDefault();
    if (beside?.matches("[data-card]")) beside.focus();
  } else if (event.key === "Enter") {
    card.querySelector("a").click();
  }
});
