// Typing @ in a text about a customer offers the colleagues who may read it. Where typing alone is wanted, @Name works
// as it does without this script.

const known = new Map(); // address → promise of [{name, email}]
let open = null; // {field, list, begin, found, at}

document.addEventListener("input", (event) => look(event.target));
document.addEventListener("keydown", steer, true);
document.addEventListener("focusout", (event) => { if (open && event.target === open.field) setTimeout(close, 150); });
document.addEventListener("selectionchange", () => { if (open && document.activeElement === open.field && !asked(open.field)) close(); });

function asked(field) {
  const before = field.value.slice(0, field.selectionStart);
  const found = before.match(/(?:^|[\s(（，。、；：])@([^\s@]{0,30}(?: [^\s@]{0,30})?)$/u);
  return found ? { word: found[1].toLowerCase(), begin: before.length - found[1].length - 1 } : null;
}

async function look(field) {
  const url = field instanceof HTMLTextAreaElement ? field.closest("[data-mentions]")?.dataset.mentions : "";
  if (!url) return;
  const wanted = asked(field);
  if (!wanted) return close();
  if (!known.has(url)) known.set(url, fetch(url).then((answer) => (answer.ok ? answer.json() : [])).catch(() => []));
  const people = await known.get(url);
  const now = asked(field);
  const isWhole = people.some((each) => [each.name, each.email].some((name) => now?.word === `${name.toLowerCase()} `));
  if (!now || isWhole || document.activeElement !== field) return close();
  const found = people.filter((each) => `${each.name} ${each.email}`.toLowerCase().includes(now.word)).slice(0, 8);
  if (found.length) show(field, now.begin, found, people);
  else close();
}

function show(field, begin, found, people) {
  const list = open?.list ?? document.createElement("ul");
  list.className = "mention-list";
  list.id = "mention-list";
  list.setAttribute("role", "listbox");
  list.replaceChildren(...found.map((each, number) => option(each, number)));
  document.body.append(list);
  const place = field.getBoundingClientRect();
  list.style.left = `${place.left + window.scrollX}px`;
  list.style.top = `${place.bottom + window.scrollY + 2}px`;
  list.style.maxWidth = `${place.width}px`;
  open = { field, list, begin, found, people, at: 0 };
  field.setAttribute("aria-controls", list.id);
  mark(0);
}

function option(each, number) {
  const row = document.createElement("li");
  row.id = `mention-${number}`;
  row.setAttribute("role", "option");
  const name = document.createElement("b");
  name.textContent = each.name;
  const email = document.createElement("span");
  email.textContent = each.email;
  row.append(name, email);
  row.addEventListener("mousedown", (event) => { event.preventDefault(); choose(number); });
  return row;
}

function mark(number) {
  open.at = (number + open.found.length) % open.found.length;
  [...open.list.children].forEach((row, place) => row.setAttribute("aria-selected", String(place === open.at)));
  open.list.children[open.at].scrollIntoView({ block: "nearest" });
  open.field.setAttribute("aria-activedescendant", `mention-${open.at}`);
}

function steer(event) {
  if (!open || event.target !== open.field || event.isComposing) return;
  const acts = {
    ArrowDown: () => mark(open.at + 1),
    ArrowUp: () => mark(open.at - 1),
    Enter: () => choose(open.at),
    Tab: () => choose(open.at),
    Escape: close,
  };
  if (!acts[event.key]) return;
  event.preventDefault();
  event.stopPropagation();
  acts[event.key]();
}

function choose(number) {
  const { field, begin, found, people } = open;
  const one = found[number];
  const isAlone = people.filter((each) => each.name === one.name).length === 1;
  field.setRangeText(`@${isAlone ? one.name : one.email} `, begin, field.selectionStart, "end");
  close();
  field.focus();
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

function close() {
  if (!open) return;
  open.list.remove();
  open.field.removeAttribute("aria-controls");
  open.field.removeAttribute("aria-activedescendant");
  open = null;
}
