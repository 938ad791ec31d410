// The live view looks again every 2.5 seconds: not while it is paused, hidden, or a message stands open to be read.
(() => {
  const stream = document.getElementById("stream");
  const button = document.querySelector("[data-live-pause]");
  let isPaused = false;

  const isRead = () => stream.querySelector("details[open]") !== null;

  function show() {
    button.setAttribute("aria-pressed", String(isPaused));
    button.querySelector("[data-when-running]").hidden = isPaused;
    button.querySelector("[data-when-paused]").hidden = !isPaused;
    const held = stream.querySelector("[data-live-held]");
    if (held) held.hidden = isPaused || !isRead();
  }

  function look() {
    if (isPaused || document.hidden || isRead()) return;
    htmx.trigger(stream, "live:look");
  }

  // What came after the rows that are shown is marked.
  stream.addEventListener("htmx:configRequest", (event) => {
    if (event.target === stream) event.detail.parameters.seen = stream.querySelector("[data-seen]")?.dataset.seen ?? "";
  });
  // An answer that was on its way when a message was opened must not close it.
  stream.addEventListener("htmx:beforeSwap", (event) => {
    if (event.detail.target === stream && (isPaused || isRead())) event.detail.shouldSwap = false;
  });
  stream.addEventListener("toggle", show, true);
  button.addEventListener("click", () => {
    isPaused = !isPaused;
    show();
    look();
  });
  button.hidden = false;
  setInterval(look, 2500);
})();
