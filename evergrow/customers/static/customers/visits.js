// What is typed into a record is kept: htmx sends it while typing, a beacon when the page is left. Words that are
// marked in a record can be written out as a point. Reading and saving work without this script.

const form = document.querySelector("form[data-keeps]");
let unsaved = false;
if (form) {
  form.addEventListener("input", () => { unsaved = true; });
  form.addEventListener("htmx:afterRequest", (event) => { if (event.detail.successful) unsaved = false; });
  form.addEventListener("submit", () => { unsaved = false; window.htmx.trigger(form, "htmx:abort"); });
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState !== "hidden" || !unsaved) return;
    const typed = new FormData(form);
    typed.delete("files");
    navigator.sendBeacon(form.dataset.keeps, new URLSearchParams(typed));
  });
}

// Mark words in the record: they wait in the form below, under the kind that their field is about.
const words = document.querySelector("[data-point-words]");
const KINDS = { need: "need", experience: "issue", evaluation: "praise", next_step: "next_step" };
document.addEventListener("mouseup", take);
document.addEventListener("keyup", (event) => { if (event.key === "Shift") take(); });

function take() {
  const marked = window.getSelection();
  const text = marked.toString().trim();
  const place = words && marked.anchorNode?.parentElement?.closest("[data-said]");
  if (!place || !text) return;
  words.value = text;
  const kind = KINDS[place.dataset.said];
  if (kind) words.form.elements.kind.value = kind;
  document.querySelector("[data-point-hint]")?.setAttribute("hidden", "");
}
