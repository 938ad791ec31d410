// Files are dropped or chosen and sent one after the other, each with its progress. Without this script the form sends
// them all with its button.

for (const form of document.querySelectorAll("form[data-upload]")) prepare(form);

function prepare(form) {
  const input = form.querySelector("input[type=file]");
  const card = form.closest(".files") || form;
  form.querySelector("[data-upload-button]")?.setAttribute("hidden", "");
  form.querySelector("[data-drop-hint]")?.removeAttribute("hidden");
  input.addEventListener("change", () => { send(form, [...input.files]); input.value = ""; });
  card.addEventListener("dragover", (event) => {
    if (![...event.dataTransfer.types].includes("Files")) return;
    event.preventDefault();
    card.classList.add("is-dropping");
  });
  card.addEventListener("dragleave", (event) => {
    if (!card.contains(event.relatedTarget)) card.classList.remove("is-dropping");
  });
  card.addEventListener("drop", (event) => {
    if (!event.dataTransfer.files.length) return;
    event.preventDefault();
    card.classList.remove("is-dropping");
    send(form, [...event.dataTransfer.files]);
  });
}

async function send(form, files) {
  const limit = Number(form.dataset.limit) * 2 ** 20;
  const refused = [];
  for (const file of files) {
    const words = file.size > limit ? form.dataset.tooLarge.replace("{name}", file.name) : await sendOne(form, file);
    if (words) refused.push(words);
  }
  const place = form.querySelector("[data-upload-progress]");
  place.replaceChildren(...refused.map((words) => line("file-refused", words)));
}

function sendOne(form, file) {
  const place = form.querySelector("[data-upload-progress]");
  const row = line("file-coming", file.name);
  const bar = document.createElement("progress");
  bar.max = 1;
  bar.value = 0;
  bar.setAttribute("aria-label", file.name);
  row.append(bar);
  place.replaceChildren(row);
  const body = new FormData();
  body.append("files", file);
  body.append("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
  return new Promise((resolve) => {
    const request = new XMLHttpRequest();
    request.open("POST", form.action);
    request.setRequestHeader("X-Upload", "1");
    request.upload.addEventListener("progress", (event) => {
      if (event.lengthComputable) bar.value = event.loaded / event.total;
    });
    request.addEventListener("load", () => resolve(taken(form, file, request)));
    for (const name of ["error", "abort", "timeout"]) {
      request.addEventListener(name, () => resolve(form.dataset.broken.replace("{name}", file.name)));
    }
    request.send(body);
  });
}

function taken(form, file, request) {
  const answer = new DOMParser().parseFromString(`<ul>${request.responseText}</ul>`, "text/html");
  const rows = [...answer.querySelectorAll("li.file")];
  if (request.status !== 200 && request.status !== 422) return form.dataset.broken.replace("{name}", file.name);
  const card = form.closest(".files");
  card.querySelector("[data-files]").replaceChildren(...rows);
  const count = card.querySelector("[data-file-count]");
  if (count) count.textContent = String(rows.length);
  return [...answer.querySelectorAll(".file-refused span")].map((each) => each.textContent).join(" ");
}

function line(name, words) {
  const made = document.createElement("div");
  made.className = name;
  if (name === "file-refused") made.setAttribute("role", "alert");
  const text = document.createElement("span");
  text.textContent = words;
  made.append(text);
  return made;
}
