// The list of refused messages: one box ticks the whole page.
document.addEventListener("change", (event) => {
  if (!event.target.matches("[data-tick-all]")) return;
  for (const box of document.querySelectorAll('input[name="reject"]')) box.checked = event.target.checked;
});
