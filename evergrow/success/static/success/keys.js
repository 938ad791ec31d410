// Keys of one item: a button or link with data-key="d" is pressed by D, unless somebody is typing. Without this script
// the buttons do the same.
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, textarea, select, [contenteditable]")) return;
  const part = document.querySelector("[data-keys]");
  const pressed = part?.querySelector(`[data-key="${CSS.escape(event.key.toLowerCase())}"]`);
  if (!pressed) return;
  const missing = pressed.form && !pressed.formNoValidate && pressed.form.querySelector(":invalid");
  event.preventDefault();
  if (missing) missing.focus();
  else pressed.click();
});
