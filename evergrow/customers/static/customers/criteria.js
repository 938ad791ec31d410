// The criteria editor: a tree of groups and conditions over one hidden field of JSON, with a live preview beside it.
// Without this script a text field does the same.
(() => {
  const NUMERIC = ["over", "at_least", "under", "at_most"];
  const OPS = {
    text: ["is", "is_not", "contains", "not_contains", "starts_with", "ends_with", "matches", "set", "unset"],
    number: ["over", "at_least", "under", "at_most", "between", "is", "is_not", "set", "unset"],
    truth: ["is", "set", "unset"],
    date: ["in_last", "in_next", "before", "after", "on", "between", "anniversary_in", "set", "unset"],
    list: ["has_any", "has_all", "has_none", "set", "unset"],
    property: ["is", "is_not", "contains", "not_contains", "starts_with", "ends_with", "matches", ...NUMERIC, "between", "set", "unset"],
  };
  OPS.moment = OPS.date;
  const NEGATIVE = ["is_not", "not_contains", "has_none"];
  const FLAGS = ["or_unset", "and_set"];
  const DAY_UNITS = ["days", "working_days", "weeks", "months"];
  const GROUPS = ["all", "any", "not"];
  const WHATS = ["trait", "did", "did_not", "measure", "first", "stopped", "sequence", "segment", "people", "account"];

  function h(tag, attributes = {}, ...children) {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
      if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
      else if (value === true) element.setAttribute(name, "");
      else if (value !== false && value != null) element.setAttribute(name, value);
    }
    element.append(...children.flat().filter((child) => child != null));
    return element;
  }

  const isGroup = (node) => GROUPS.some((key) => key in node);
  const copy = (value) => JSON.parse(JSON.stringify(value));

  // A group is {mode, items}; a condition stays the JSON it is.
  function opened(data) {
    if (!data || !Object.keys(data).length) return { mode: "all", items: [] };
    if (data.all) return { mode: "all", items: data.all.map(part) };
    if (data.any) return { mode: "any", items: data.any.map(part) };
    if (data.not) {
      const inner = data.not;
      return { mode: "none", items: inner.any ? inner.any.map(part) : [part(inner)] };
    }
    return { mode: "all", items: [part(data)] };
  }
  function part(data) {
    if (isGroup(data)) return opened(data);
    const node = copy(data);
    if (node.who) node.who = opened(node.who);
    if (node.people && !node.who) node.who = opened({});
    if (node.account !== undefined) node.account = opened(node.account);
    return node;
  }
  function closed(node) {
    if (node.items) {
      const items = node.items.map(closed);
      if (node.mode === "any") return items.length ? { any: items } : { all: [] };
      if (node.mode === "none") return items.length ? { not: { any: items } } : { all: [] };
      return { all: items };
    }
    const data = copy({ ...node, who: undefined, account: undefined });
    if (node.who) data.who = closed(node.who);
    if (node.account) data.account = closed(node.account);
    return data;
  }
  const inside = { all: ".all", any: ".any", none: ".not.any" };

  class Editor {
    constructor(root) {
      this.root = root;
      this.kind = root.dataset.kind;
      this.field = root.querySelector(`input[type=hidden][name="${root.dataset.name}"]`);
      this.place = root.querySelector("[data-editor]");
      this.preview = root.querySelector("[data-preview-box]");
      this.known = JSON.parse(root.querySelector("#criteria-catalogue").textContent);
      this.words = JSON.parse(root.querySelector("#criteria-words").textContent);
      this.lists = new Map();
      try {
        this.tree = opened(JSON.parse(this.field.value || "{}"));
      } catch {
        this.tree = opened({});
      }
      root.querySelector("[data-foot]").hidden = false;
      this.texts();
      this.place.addEventListener("keydown", (event) => this.key(event));
      this.draw();
      if (root.dataset.problem) this.blame(root.dataset.problemPart, root.dataset.problem);
      this.ask();
    }

    // Keeping and asking
    changed() {
      this.field.value = JSON.stringify(closed(this.tree));
      this.root.dispatchEvent(new CustomEvent("criteria:changed", { bubbles: true, detail: { value: this.field.value } }));
      clearTimeout(this.waiting);
      this.waiting = setTimeout(() => this.ask(), 350);
    }
    redraw(focus) {
      this.draw();
      this.changed();
      if (focus) this.place.querySelector(`[data-path="${focus}"] :is(select, input)`)?.focus();
    }
    async post(url, values) {
      const headers = { "X-CSRFToken": JSON.parse(document.body.getAttribute("hx-headers") || "{}")["X-CSRFToken"] || "" };
      return fetch(url, { method: "POST", headers, body: new URLSearchParams(values) });
    }
    async ask() {
      const turn = (this.turn = (this.turn || 0) + 1);
      this.preview.classList.add("is-asking");
      try {
        const answer = await this.post(this.root.dataset.preview, { kind: this.kind, criteria: this.field.value });
        const text = await answer.text();
        if (turn !== this.turn) return;
        if (!answer.ok) throw new Error(answer.status);
        this.preview.innerHTML = text;
        const wrong = this.preview.querySelector(".criteria-wrong");
        this.blame(wrong?.dataset.part, wrong?.dataset.message);
      } catch {
        if (turn === this.turn) this.preview.textContent = document.body.dataset.errorText || "";
      } finally {
        if (turn === this.turn) this.preview.classList.remove("is-asking");
      }
    }
    blame(path, message) {
      for (const old of this.place.querySelectorAll(".is-wrong")) old.classList.remove("is-wrong", "is-unfinished");
      for (const old of this.place.querySelectorAll(".criteria-problem")) old.remove();
      if (!message || path === undefined) return;
      let best = null;
      for (const row of this.place.querySelectorAll("[data-path]")) {
        const own = row.dataset.path;
        if (own && (path === own || path.startsWith(`${own}.`)) && own.length > (best?.dataset.path.length || 0)) best = row;
      }
      if (!best) return;
      // A row whose value is still to be chosen is not a mistake yet.
      const tokens = best.querySelector(".criteria-tokens");
      const isUnfinished = Boolean(tokens && !tokens.querySelector(".criteria-token"));
      best.classList.add("is-wrong");
      for (const each of [best, this.preview.querySelector(".criteria-wrong")]) each?.classList.toggle("is-unfinished", isUnfinished);
      best.append(h("p", { class: "criteria-problem" }, message));
    }

    // Drawing
    icon(name) {
      return this.root.querySelector(`template[data-icon="${name}"]`).content.cloneNode(true);
    }
    button(name, label, act, more = {}) {
      return h("button", { type: "button", class: "btn-icon-plain", title: label, "aria-label": label, onclick: act, ...more }, this.icon(name));
    }
    add(label, act) {
      return h("button", { type: "button", class: "criteria-add", onclick: act }, this.icon("plus"), label);
    }
    select(value, choices, act, label, more = {}) {
      const groups = new Map();
      const found = h("select", { class: "criteria-pick", "aria-label": label, onchange: (event) => act(event.target.value), ...more });
      for (const { key, label: text, group } of choices) {
        const option = h("option", { value: key, selected: String(key) === String(value) }, text);
        if (group && !groups.has(group)) {
          groups.set(group, h("optgroup", { label: group }));
          found.append(groups.get(group));
        }
        (group ? groups.get(group) : found).append(option);
      }
      if (!choices.some((each) => String(each.key) === String(value))) {
        found.prepend(h("option", { value: value || "", selected: true }, value || more.placeholder || ""));
        if (!value) found.classList.add("is-empty");
      }
      return found;
    }
    labelled(words, keys = Object.keys(words)) {
      return keys.map((key) => ({ key, label: words[key] }));
    }
    say(text) {
      return h("span", { class: "criteria-say" }, text);
    }
    number(value, act, label, more = {}) {
      const read = (event) => {
        const text = event.target.value;
        act(text === "" || !Number.isFinite(Number(text)) ? text : Number(text));
      };
      return h("input", { class: "criteria-input criteria-number", type: "number", step: "any", value: value ?? "", "aria-label": label, oninput: read, ...more });
    }
    draw() {
      this.place.replaceChildren(this.group(this.tree, "", this.kind, null));
    }
    group(group, path, kind, acts) {
      const { words } = this;
      const base = path + inside[group.mode];
      const head = h(
        "div",
        { class: "criteria-head" },
        this.select(group.mode, this.labelled(words.modes), (mode) => { group.mode = mode; this.redraw(path); }, words.where),
        acts,
      );
      const rows = group.items.map((item, place) => {
        const own = `${base}.${place}`.replace(/^\./, "");
        const tools = h(
          "span",
          { class: "criteria-acts" },
          place > 0 ? this.button("arrow-up", words.move, () => this.move(group, place, -1, base)) : null,
          this.button("copy", words.duplicate, () => { group.items.splice(place + 1, 0, copy(item)); this.redraw(`${base}.${place + 1}`.replace(/^\./, "")); }),
          this.button("x", words.remove, () => { group.items.splice(place, 1); this.redraw(); this.place.querySelector(".criteria-add")?.focus(); }),
        );
        const joint = h("span", { class: "criteria-joint", "aria-hidden": "true" }, place === 0 ? "" : group.mode === "all" ? words.and : words.or);
        const inner = item.items ? this.group(item, own, kind, tools) : this.condition(item, own, kind, tools, group, place);
        const row = h("li", { class: item.items ? "criteria-row is-group" : "criteria-row", "data-path": own }, joint, inner);
        row.criteria = { group, place, base };
        return row;
      });
      const foot = h(
        "div",
        { class: "criteria-adds" },
        this.add(words.add_condition, () => this.insert(group, group.items.length, base, kind)),
        this.add(words.add_group, () => {
          group.items.push({ mode: group.mode === "any" ? "all" : "any", items: [this.fresh(kind)] });
          this.redraw(`${base}.${group.items.length - 1}`.replace(/^\./, ""));
        }),
      );
      const empty = rows.length ? null : h("p", { class: "meta criteria-none" }, words.anyone);
      return h("div", { class: "criteria-group" }, head, empty, h("ol", { class: "criteria-rows" }, rows), foot);
    }
    fresh(kind) {
      const first = this.known.traits[kind].find((trait) => trait.key === (kind === "account" ? "plan" : "title"));
      return { trait: (first || this.known.traits[kind][0]).key, is: [] };
    }
    insert(group, place, base, kind) {
      group.items.splice(place, 0, this.fresh(kind));
      this.redraw(`${base}.${place}`.replace(/^\./, ""));
    }
    move(group, place, step, base) {
      const to = place + step;
      if (to < 0 || to >= group.items.length) return;
      const [item] = group.items.splice(place, 1);
      group.items.splice(to, 0, item);
      this.redraw(`${base}.${to}`.replace(/^\./, ""));
    }
    key(event) {
      if (!event.altKey) return;
      const row = event.target.closest(".criteria-row");
      if (!row) return;
      const { group, place, base } = row.criteria;
      const act = {
        ArrowUp: () => this.move(group, place, -1, base),
        ArrowDown: () => this.move(group, place, 1, base),
        Enter: () => this.insert(group, place + 1, base, this.kind),
        Backspace: () => { group.items.splice(place, 1); this.redraw(`${base}.${Math.max(place - 1, 0)}`.replace(/^\./, "")); },
      }[event.key];
      if (act) { event.preventDefault(); event.stopPropagation(); act(); }
    }

    // Conditions
    what(node) {
      if ("measure" in node) return "measure";
      return WHATS.find((what) => what in node) || "trait";
    }
    made(what, kind, before) {
      const event = before.did || before.did_not || before.first || before.stopped || this.known.events[0]?.key || "*";
      const within = before.within || { days: 30 };
      const where = before.where ? { where: before.where } : {};
      return {
        trait: () => this.fresh(kind),
        did: () => ({ did: event, ...where, within }),
        did_not: () => ({ did_not: event, ...where, within }),
        measure: () => ({ did: event, ...where, measure: { sum: "amount" }, at_least: 100, within }),
        first: () => ({ first: event, ...where, within }),
        stopped: () => ({ stopped: event, ...where, for: { days: 14 }, after: { times: 3, within: { days: 30 } } }),
        sequence: () => ({ sequence: [{ did: event, ...where }, { did: this.known.events[1]?.key || event }], gap: { days: 7 }, within }),
        segment: () => ({ segment: this.known.segments[kind][0]?.key || "" }),
        people: () => ({ people: "any", who: { mode: "all", items: [] } }),
        account: () => ({ account: { mode: "all", items: [] } }),
      }[what]();
    }
    condition(node, path, kind, tools, group, place) {
      const { words } = this;
      const what = this.what(node);
      const whats = WHATS.filter((each) => each !== (kind === "account" ? "account" : "people") && (each !== "segment" || this.known.segments[kind].length || each === what));
      const choose = this.select(what, this.labelled(words.whats, whats), (next) => { group.items[place] = this.made(next, kind, node); this.redraw(path); }, words.where, { class: "criteria-pick criteria-what" });
      const line = h("div", { class: "criteria-line" }, choose);
      const below = [];
      const draw = {
        trait: () => this.trait(node, line, kind, path),
        did: () => { this.event(node, "did", line, path); this.times(node, line, path); this.window(node, line, path); below.push(this.wheres(node, node.did, path, line)); },
        did_not: () => { this.event(node, "did_not", line, path); this.window(node, line, path); below.push(this.wheres(node, node.did_not, path, line)); },
        measure: () => { this.measure(node, line, path); below.push(this.wheres(node, node.did, path, line)); },
        first: () => { this.event(node, "first", line, path); this.window(node, line, path, false); below.push(this.wheres(node, node.first, path, line)); },
        stopped: () => { this.stopped(node, line, path); below.push(this.wheres(node, node.stopped, path, line)); },
        sequence: () => below.push(this.sequence(node, line, path)),
        segment: () => this.segment(node, line, kind),
        people: () => { this.people(node, line, path); below.push(this.group(node.who, `${path}.who`, "person", null)); },
        account: () => { this.role(node, line); below.push(this.group(node.account, `${path}.account`, "account", null)); },
      };
      draw[what]();
      line.append(tools);
      return h("div", { class: "criteria-condition" }, line, below);
    }
    op(node) {
      const op = Object.keys(node).find((key) => key in this.words.ops || key === "is_set");
      return op === "is_set" ? (node.is_set ? "set" : "unset") : op || "is";
    }
    setOp(node, op, type) {
      const old = this.op(node);
      const held = node[old];
      for (const key of [...Object.keys(this.words.ops), "is_set", ...FLAGS]) delete node[key];
      if (op === "set" || op === "unset") node.is_set = op === "set";
      else if (NUMERIC.includes(op)) node[op] = typeof held === "number" ? held : 0;
      else if (op === "between") node.between = type === "date" || type === "moment" ? [this.today(-30), this.today(0)] : [0, 100];
      else if (["in_last", "in_next", "anniversary_in"].includes(op)) node[op] = held && held.days ? held : { days: 30 };
      else if (["before", "after", "on"].includes(op)) node[op] = old === "before" || old === "after" ? held : { ago: 30, unit: "days" };
      else if (op === "matches") node.matches = typeof held === "string" ? held : "";
      else if (type === "truth") node[op] = [true];
      else node[op] = Array.isArray(held) && old !== "between" ? held : [];
    }
    today(shift) {
      const day = new Date(Date.now() + shift * 864e5);
      return `${day.getFullYear()}-${String(day.getMonth() + 1).padStart(2, "0")}-${String(day.getDate()).padStart(2, "0")}`;
    }
    trait(node, line, kind, path) {
      const { words } = this;
      const info = this.known.traits[kind].find((trait) => trait.key === node.trait) || { type: "text", label: node.trait };
      line.append(
        this.select(node.trait, this.known.traits[kind], (key) => {
          const next = this.known.traits[kind].find((trait) => trait.key === key);
          node.trait = key;
          if (!OPS[next.type].includes(this.op(node)) || next.type !== info.type) this.setOp(node, OPS[next.type][0], next.type);
          else if (Array.isArray(node[this.op(node)])) node[this.op(node)] = [];
          if (next.type === "truth") this.setOp(node, "is", "truth");
          this.redraw(path);
        }, words.whats.trait, { placeholder: words.choose_trait }),
      );
      this.comparison(node, line, info.type, path, () => this.choices({ of: "trait", kind, key: node.trait }, info.choices));
    }
    comparison(node, line, type, path, suggestions) {
      const { words } = this;
      const op = this.op(node);
      const ops = OPS[type].includes(op) ? OPS[type] : [op, ...OPS[type]];
      line.append(this.select(op, this.labelled(words.ops, ops), (next) => { this.setOp(node, next, type); this.redraw(path); }, words.where));
      if (op === "set" || op === "unset") return;
      if (NUMERIC.includes(op)) line.append(this.number(node[op], (value) => { node[op] = value; this.changed(); }, words.value));
      else if (op === "between") this.between(node, line, path);
      else if (["in_last", "in_next", "anniversary_in"].includes(op)) this.span(node, op, line, DAY_UNITS, path);
      else if (["before", "after", "on"].includes(op)) line.append(...this.day(node, op, path));
      else if (op === "matches") line.append(h("input", { class: "criteria-input criteria-pattern", value: node.matches, "aria-label": words.value, oninput: (event) => { node.matches = event.target.value; this.changed(); } }));
      else if (type === "truth") line.append(this.select(String([].concat(node[op])[0]), this.labelled(words.truths), (value) => { node[op] = [value === "true"]; this.changed(); }, words.value));
      else line.append(this.tokens(node, op, type, suggestions));
      const flag = NEGATIVE.includes(op) ? "and_set" : "or_unset";
      const box = h("input", { type: "checkbox", checked: Boolean(node[flag]), onchange: (event) => { if (event.target.checked) node[flag] = true; else delete node[flag]; this.changed(); } });
      line.append(h("label", { class: "criteria-flag" }, box, words[flag]));
    }
    between(node, line) {
      const { words } = this;
      const isDay = typeof node.between[0] === "string";
      const one = (place) => isDay
        ? h("input", { class: "criteria-input", type: "date", value: node.between[place], "aria-label": words.value, onchange: (event) => { node.between[place] = event.target.value; this.changed(); } })
        : typeof node.between[place] === "object"
          ? this.say(words.windows.custom)
          : this.number(node.between[place], (value) => { node.between[place] = value; this.changed(); }, words.value);
      line.append(one(0), this.say(words.to), one(1));
    }
    span(node, key, line, units) {
      const { words } = this;
      const [unit, count] = Object.entries(node[key])[0];
      line.append(h(
        "span",
        { class: "criteria-pair" },
        this.number(count, (value) => { node[key] = { [Object.keys(node[key])[0]]: value }; this.changed(); }, words.value, { min: 1, step: 1 }),
        this.select(unit, this.labelled(words.units, units), (next) => { node[key] = { [next]: Object.values(node[key])[0] }; this.changed(); }, words.units.days),
      ));
    }
    day(node, key, path) {
      const { words } = this;
      const ref = node[key];
      const mode = typeof ref === "string" ? "date" : "ahead" in ref ? "ahead" : "ago";
      const choose = this.select(mode, this.labelled(words.days), (next) => { node[key] = next === "date" ? this.today(0) : { [next]: 30, unit: "days" }; this.redraw(path); }, words.where);
      if (mode === "date") return [choose, h("input", { class: "criteria-input", type: "date", value: ref, "aria-label": words.value, onchange: (event) => { node[key] = event.target.value; this.changed(); } })];
      return [
        this.number(ref[mode], (value) => { ref[mode] = value; this.changed(); }, words.value, { min: 0, step: 1 }),
        this.select(ref.unit || "days", this.labelled(words.units, DAY_UNITS), (next) => { ref.unit = next; this.changed(); }, words.units.days),
        choose,
      ];
    }

    // Several values as chips with suggestions
    async choices(query, given) {
      if (given) return given;
      const url = `${this.root.dataset.choices}?${new URLSearchParams(query)}`;
      if (!this.lists.has(url)) this.lists.set(url, fetch(url).then((answer) => answer.json()).then((found) => found.choices).catch(() => []));
      return this.lists.get(url);
    }
    tokens(node, op, type, suggestions) {
      const { words } = this;
      const values = (node[op] = [].concat(node[op] ?? []));
      const box = h("span", { class: "criteria-tokens" });
      let labels = new Map();
      const list = h("datalist", { id: `criteria-list-${Math.random().toString(36).slice(2)}` });
      const input = h("input", { class: "criteria-token-input", list: list.id, "aria-label": words.value, placeholder: words.value, autocomplete: "off" });
      const draw = () => {
        for (const old of box.querySelectorAll(".criteria-token")) old.remove();
        values.forEach((value, place) => {
          const label = labels.get(String(value)) ?? String(value);
          const chip = h("span", { class: "criteria-token" }, h("span", { class: "truncate", title: label }, label), this.button("x", `${words.remove}: ${label}`, () => { values.splice(place, 1); draw(); this.changed(); input.focus(); }));
          box.insertBefore(chip, input);
        });
        input.placeholder = values.length ? "" : words.value;
      };
      const take = () => {
        const text = input.value.trim();
        if (!text) return;
        const known = [...labels].find(([, label]) => label === text);
        const value = known ? known[0] : text;
        const made = type === "number" && value !== "" && Number.isFinite(Number(value)) ? Number(value) : value;
        input.value = "";
        if (!values.includes(made)) values.push(made);
        draw();
        this.changed();
      };
      input.addEventListener("keydown", (event) => {
        if ((event.key === "Enter" && !event.altKey) || event.key === "," || event.key === "，") { event.preventDefault(); take(); }
        else if (event.key === "Backspace" && !event.altKey && !input.value && values.length) { values.pop(); draw(); this.changed(); }
      });
      input.addEventListener("change", take);
      input.addEventListener("input", (event) => { if (event.inputType === "insertReplacementText" || event.inputType === undefined) take(); });
      input.addEventListener("focus", async () => {
        const found = await suggestions();
        labels = new Map(found.map(({ key, label }) => [String(key), label]));
        list.replaceChildren(...found.map(({ label }) => h("option", { value: label })));
        draw();
      }, { once: true });
      box.addEventListener("click", (event) => { if (event.target === box) input.focus(); });
      box.append(input, list);
      if (values.length) suggestions().then((found) => { labels = new Map(found.map(({ key, label }) => [String(key), label])); draw(); });
      draw();
      return box;
    }

    // What was done
    events() {
      return [{ key: "*", label: this.words.any_event }, ...this.known.events];
    }
    event(node, key, line, path) {
      line.append(this.select(node[key], this.events(), (event) => { node[key] = event; this.redraw(path); }, this.words.choose_event, { placeholder: this.words.choose_event }));
    }
    bounds(holder, line, path, isWhole) {
      const { words } = this;
      const op = Object.keys(words.bounds).find((key) => key in holder) || "at_least";
      const choose = this.select(op, this.labelled(words.bounds), (next) => {
        const held = [].concat(holder[op] ?? 1)[0];
        delete holder[op];
        holder[next] = next === "between" ? [held, held + 1] : held;
        this.redraw(path);
      }, words.where);
      const more = isWhole ? { min: 0, step: 1 } : {};
      line.append(choose);
      if (op === "between") {
        line.append(
          this.number(holder.between[0], (value) => { holder.between[0] = value; this.changed(); }, words.value, more),
          this.say(words.to),
          this.number(holder.between[1], (value) => { holder.between[1] = value; this.changed(); }, words.value, more),
        );
      } else line.append(this.number(holder[op], (value) => { holder[op] = value; this.changed(); }, words.value, more));
    }
    times(node, line, path) {
      if (typeof node.times === "number") node.times = { at_least: node.times };
      node.times ||= { at_least: 1 };
      this.bounds(node.times, line, path, true);
      const number = line.lastChild;
      const pair = h("span", { class: "criteria-pair" });
      number.replaceWith(pair);
      pair.append(number, this.say(this.words.times));
    }
    window(node, line, path, mayBeEver = true) {
      const { words } = this;
      const within = node.within;
      const isDay = (value) => typeof value === "string";
      let mode = "custom";
      if (!within) mode = "ever";
      else if (isDay(within.from) && isDay(within.to)) mode = "between";
      else if (isDay(within.from) && !within.to && !within.before) mode = "since";
      else if (isDay(within.before) && !within.from) mode = "before";
      else if (Object.keys(within)[0] in words.units) mode = "last";
      const modes = Object.keys(words.windows).filter((each) => (each !== "custom" || mode === "custom") && (each !== "ever" || mayBeEver));
      line.append(this.select(mode, this.labelled(words.windows, modes), (next) => {
        const fresh = { ever: undefined, last: { days: 30 }, between: { from: this.today(-30), to: this.today(0) }, since: { from: this.today(-30) }, before: { before: this.today(-30) } };
        if (next !== "custom") node.within = fresh[next];
        this.redraw(path);
      }, words.where));
      const date = (key) => h("input", { class: "criteria-input", type: "date", value: within[key], "aria-label": words.windows[mode], onchange: (event) => { within[key] = event.target.value; this.changed(); } });
      if (mode === "last") this.span(node, "within", line, ["hours", ...DAY_UNITS]);
      if (mode === "between") line.append(date("from"), this.say(words.to), date("to"));
      if (mode === "since") line.append(date("from"));
      if (mode === "before") line.append(date("before"));
    }
    measure(node, line, path) {
      const { words } = this;
      const op = Object.keys(node.measure)[0];
      line.append(this.select(op, this.labelled(words.measures), (next) => { node.measure = { [next]: next === "days" ? true : typeof node.measure[op] === "string" ? node.measure[op] : "amount" }; this.redraw(path); }, words.where));
      if (op !== "days") line.append(this.property(node.measure[op], node.did, (value) => { node.measure[op] = value; this.changed(); }));
      line.append(this.say(words.over));
      this.event(node, "did", line, path);
      this.bounds(node, line, path, op === "unique" || op === "days");
      this.window(node, line, path);
    }
    stopped(node, line, path) {
      const { words } = this;
      this.event(node, "stopped", line, path);
      line.append(this.say(words.for));
      this.span(node, "for", line, DAY_UNITS);
      node.after ||= { times: 1 };
      line.append(this.say(words.after), this.number(node.after.times, (value) => { node.after.times = value; this.changed(); }, words.times, { min: 1, step: 1 }));
      line.append(this.select(node.after.within ? "in" : "any", [{ key: "any", label: words.before_any }, { key: "in", label: words.before_in }], (next) => {
        if (next === "in") node.after.within = { days: 30 };
        else delete node.after.within;
        this.redraw(path);
      }, words.where));
      if (node.after.within) this.span(node.after, "within", line, DAY_UNITS);
    }
    sequence(node, line, path) {
      const { words } = this;
      line.append(this.select(node.gap ? "gap" : "any", [{ key: "any", label: words.gap_any }, { key: "gap", label: words.gap }], (next) => {
        if (next === "gap") node.gap = { days: 7 };
        else delete node.gap;
        this.redraw(path);
      }, words.where));
      if (node.gap) this.span(node, "gap", line, ["hours", "days", "weeks"]);
      this.window(node, line, path);
      const steps = node.sequence.map((step, place) => {
        const own = `${path}.sequence.${place}`;
        const inner = h("div", { class: "criteria-line" }, this.say(place ? words.then : `${place + 1}.`));
        this.event(step, "did", inner, own);
        const where = this.wheres(step, step.did, own, inner);
        if (node.sequence.length > 2) inner.append(h("span", { class: "criteria-acts" }, this.button("x", words.remove, () => { node.sequence.splice(place, 1); this.redraw(path); })));
        return h("li", { "data-path": own }, inner, where);
      });
      return h("div", {}, h("ol", { class: "criteria-steps" }, steps), this.add(words.add_step, () => { node.sequence.push({ did: this.known.events[0]?.key || "*" }); this.redraw(`${path}.sequence.${node.sequence.length - 1}`); }));
    }
    property(value, event, act) {
      const list = h("datalist", { id: `criteria-list-${Math.random().toString(36).slice(2)}` });
      const input = h("input", { class: "criteria-input criteria-property", value: value || "", list: list.id, placeholder: this.words.property, "aria-label": this.words.property, onchange: (change) => act(change.target.value.trim()) });
      input.addEventListener("focus", async () => list.replaceChildren(...(await this.choices({ of: "properties", event })).map(({ key }) => h("option", { value: key }))), { once: true });
      return h("span", {}, input, list);
    }
    wheres(node, event, path, line) {
      const { words } = this;
      const rows = (node.where || []).map((where, place) => {
        const own = `${path}.where.${place}`;
        const inner = h("div", { class: "criteria-line" }, this.say(place ? words.and : words.where), this.property(where.property, event, (value) => { where.property = value; this.redraw(); }));
        this.comparison(where, inner, "property", own, () => this.choices({ of: "property", event, key: where.property }));
        inner.append(h("span", { class: "criteria-acts" }, this.button("x", words.remove, () => { node.where.splice(place, 1); if (!node.where.length) delete node.where; this.redraw(path); })));
        return h("li", { "data-path": own }, inner);
      });
      const add = () => { (node.where ||= []).push({ property: "", is: [] }); this.redraw(`${path}.where.${node.where.length - 1}`); };
      if (!rows.length) line.append(this.add(words.add_property, add));
      return h("div", { class: "criteria-wheres" }, h("ol", {}, rows), rows.length ? this.add(words.add_property, add) : null);
    }

    // Segments and relations
    segment(node, line, kind) {
      const { words } = this;
      line.append(
        this.select(String(node.in !== false), this.labelled(words.in), (value) => { if (value === "true") delete node.in; else node.in = false; this.changed(); }, words.where),
        this.select(node.segment, this.known.segments[kind], (key) => { node.segment = key; this.changed(); }, words.choose_segment, { placeholder: words.choose_segment }),
      );
    }
    people(node, line, path) {
      const { words } = this;
      const how = typeof node.people === "object" ? "at_least" : node.people;
      line.append(this.select(how, this.labelled(words.people), (next) => { node.people = next === "at_least" ? { at_least: 2 } : next; this.redraw(path); }, words.where));
      if (how === "at_least") line.append(this.number(node.people.at_least, (value) => { node.people.at_least = value; this.changed(); }, words.value, { min: 1, step: 1 }));
      this.role(node, line);
      line.append(this.say(words.who));
    }
    role(node, line) {
      const roles = [{ key: "", label: this.words.any_role }, ...this.known.roles];
      line.append(this.select(node.role || "", roles, (role) => { if (role) node.role = role; else delete node.role; this.changed(); }, this.words.any_role));
    }

    // As text
    texts() {
      const find = (name) => this.root.querySelector(`[data-${name}]`);
      const box = find("text-box"), area = find("yaml"), problem = find("yaml-problem");
      let shown = "";
      // The field is shown once it is filled: what arrives later would write over what somebody typed meanwhile.
      find("open-text").addEventListener("click", async () => {
        if (!box.hidden) { box.hidden = true; return; }
        const answer = await this.post(this.root.dataset.text, { kind: this.kind, criteria: JSON.stringify(closed(this.tree)) });
        const found = await answer.json();
        shown = area.value = found.text ?? JSON.stringify(closed(this.tree), null, 2);
        problem.textContent = found.problem || "";
        box.hidden = false;
        area.focus();
      });
      find("close-text").addEventListener("click", () => { box.hidden = true; });
      find("take-text").addEventListener("click", async () => {
        const answer = await this.post(this.root.dataset.text, { kind: this.kind, text: area.value });
        const found = await answer.json();
        problem.textContent = found.problem || "";
        if (found.problem) return;
        this.tree = opened(found.data);
        box.hidden = true;
        this.redraw();
      });
      // Nor does a form go off without a text that was changed and not used.
      this.root.closest("form")?.addEventListener("submit", (event) => {
        if (box.hidden || area.value === shown) return;
        event.preventDefault();
        event.stopImmediatePropagation();
        problem.textContent = find("take-text").dataset.first;
        area.focus();
      }, true);
    }
  }

  function enliven() {
    for (const root of document.querySelectorAll("[data-criteria]:not([data-live])")) {
      root.dataset.live = "";
      root.editor = new Editor(root);
    }
  }
  if (window.criteriaEditor) window.criteriaEditor();
  else {
    window.criteriaEditor = enliven;
    document.addEventListener("htmx:load", enliven);
    enliven();
  }
})();
