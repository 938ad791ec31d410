// The page of a source: choosing a client and copying its lines. Without this the links lead to the same page.

document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-client]");
  if (link) {
    event.preventDefault();
    choose(link.dataset.client);
  }
  const button = event.target.closest("[data-copy]");
  if (button) copy(document.getElementById(button.dataset.copy), button.dataset.copied);
});

function choose(client) {
  for (const lines of document.querySelectorAll("[data-lines]")) lines.hidden = lines.dataset.lines !== client;
  for (const link of document.querySelectorAll("[data-client]")) {
    if (link.dataset.client === client) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  }
}

async function copy(from, copied) {
  const text = from.value ?? from.textContent;
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    // Without HTTPS there is no clipboard to write to: select the text and let the browser copy what is selected.
    if (from.select) from.select();
    else getSelection().selectAllChildren(from);
    document.execCommand("copy");
  }
  document.dispatchEvent(new CustomEvent("toast", { detail: { text: copied } }));
}
