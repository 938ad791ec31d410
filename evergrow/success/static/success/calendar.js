// The calendar: an open task is dragged to another day, or moved by Alt with an arrow key. What the server refuses goes
// back and says why. Without this script the page of the task sets its date.

const calendar = document.querySelector("[data-calendar]");
const days = [...calendar.querySelectorAll("[data-day]")];

async function move(entry, from, to, back) {
  const body = new URLSearchParams({ key: entry.dataset.entry, to: to.dataset.day });
  const headers = { Accept: "application/json", "X-CSRFToken": calendar.dataset.csrf };
  let refusal = "";
  try {
    const answer = await fetch(calendar.dataset.calendar, { method: "POST", body, headers });
    if (answer.ok) return;
    refusal = answer.status === 409 ? (await answer.json()).said : document.body.dataset.errorText;
  } catch {
    refusal = document.body.dataset.offlineText;
  }
  from.insertBefore(entry, back);
  document.dispatchEvent(new CustomEvent("toast", { detail: { text: refusal, level: "error" } }));
}

for (const day of days) {
  let next = null;
  window.Sortable.create(day, {
    group: "calendar", draggable: "[data-entry]", animation: 120, delay: 150, delayOnTouchOnly: true,
    onStart: (event) => { next = event.item.nextElementSibling; },
    onEnd: (event) => { if (event.from !== event.to) move(event.item, event.from, event.to, next); },
  });
}

calendar.addEventListener("keydown", (event) => {
  const entry = event.target;
  const step = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -7, ArrowDown: 7 }[event.key];
  if (!event.altKey || !step || !entry.matches("[data-entry]")) return;
  const from = entry.closest("[data-day]");
  const to = days[days.indexOf(from) + step];
  event.preventDefault();
  if (!to) return;
  const next = entry.nextElementSibling;
  to.prepend(entry);
  entry.focus();
  move(entry, from, to, next);
});
