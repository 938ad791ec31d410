/* Evergrow in the browser: pages, events and people of one site. How to use it: docs/browser.md.
   It sets no cookie, evaluates no code, loads nothing, and never throws into the page. */
(function () {
  "use strict";
  const VERSION = "1.0.0";
  const PREFIX = "evergrow:";
  const GAP = 30 * 60 * 1000; // silence that ends a session
  const PAUSE = 300; // how long messages gather before they are sent
  const BUSY = 2000; // until we look again whether another tab is done sending
  const HOUR = 3600 * 1000;
  const MOST = { held: 100, queued: 1000, characters: 1 << 20, batch: 100 };
  const MOST_BYTES = 30000; // a browser lets two such bodies outlive their page (64 KiB)
  const CAMPAIGN = ["source", "medium", "campaign", "term", "content"];
  const CLICKS = ["gclid", "fbclid", "msclkid", "bd_vid", "clickid"];

  const script = document.currentScript || document.querySelector("script[data-key]");
  const earlier = window.evergrow;
  if (!script || !script.dataset.key) return console.error("evergrow.js: the attribute data-key is missing");
  if (earlier && earlier.version) return;
  const options = script.dataset;
  const key = options.key;
  const address = (options.host || new URL(script.src).origin).replace(/\/+$/, "") + "/v1/b";
  const isOn = (option) => !/^(off|false|no|0)$/.test(option || "");

  // Storage: what cannot be written there (private mode, full, forbidden) is remembered until the page ends.
  const memory = {};
  function get(name) {
    if (name in memory) return memory[name];
    try {
      return localStorage.getItem(PREFIX + name);
    } catch (_) {
      return null;
    }
  }
  function set(name, text) {
    try {
      localStorage.setItem(PREFIX + name, text);
      delete memory[name];
    } catch (_) {
      memory[name] = text;
    }
  }
  function remove(name) {
    delete memory[name];
    try {
      localStorage.removeItem(PREFIX + name);
    } catch (_) {}
  }
  function names(start) {
    let found = Object.keys(memory);
    try {
      const stored = Object.keys(localStorage).filter((name) => name.startsWith(PREFIX));
      found = found.concat(stored.map((name) => name.slice(PREFIX.length)));
    } catch (_) {}
    return Array.from(new Set(found)).filter((name) => name.startsWith(start)).sort();
  }
  function read(name) {
    try {
      return JSON.parse(get(name));
    } catch (_) {
      return null;
    }
  }
  const write = (name, value) => set(name, JSON.stringify(value));

  // Permission: "yes", "no", or "ask" while calls are held in memory only.
  const refuses = () =>
    isOn(options.respectDnt) && (navigator.doNotTrack == "1" || window.doNotTrack == "1" || navigator.globalPrivacyControl);
  const permission = () => (refuses() ? "no" : get("consent") || (options.consent == "required" ? "ask" : "yes"));
  let held = [];
  function erase() {
    held = [];
    names("").filter((name) => name != "consent").forEach(remove);
  }

  // Where the visitor is and came from.
  const newId = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), (b) => (b + 256).toString(16).slice(1)).join("");
  const url = () => (options.spa == "hash" ? location.href : location.href.split("#")[0]);
  const path = () => location.pathname + (options.spa == "hash" ? location.hash : "");
  let referrer = document.referrer;
  let arrival; // at the page that was opened last, until its first message takes it
  function arrive() {
    const fields = new URLSearchParams(location.search);
    const campaign = {};
    CAMPAIGN.forEach((name) => (campaign[name] = fields.get("utm_" + name) || undefined));
    CLICKS.forEach((name) => (campaign[name] = fields.get(name) || undefined));
    arrival = { landing: url(), campaign };
    if (referrer && new URL(referrer).host != location.host) arrival.referrer = referrer;
  }
  function session(now, arrival) {
    let found = read("session");
    if (!found || Math.abs(now - found.last) >= GAP) {
      const { landing, referrer, campaign } = arrival || { landing: url() };
      found = { id: newId(), first: Object.assign({ landing, referrer }, campaign), campaign: {} };
    }
    if (arrival && JSON.stringify(arrival.campaign) != "{}") found.campaign = arrival.campaign;
    found.last = now;
    write("session", found);
    return found;
  }
  function person(message) {
    let who = read("who") || {};
    const isOther = message.type == "identify" && who.user && message.userId && message.userId != who.user;
    if (isOther) forget(); // another person at this browser: neither their visits nor their account are joined
    if (isOther || !who.anonymous) who = { anonymous: newId() };
    if (message.userId) who.user = message.userId;
    if (message.groupId) who.group = message.groupId;
    write("who", who);
    return who;
  }
  function forget() {
    ["who", "session"].forEach(remove);
  }

  // Messages: made and numbered once, so that sending one twice counts once.
  function say(type, fields, properties) {
    const may = permission();
    if (may == "no") return;
    const { pathname, search } = location;
    const message = {
      type,
      messageId: newId(),
      timestamp: new Date().toISOString(),
      properties: Object.assign({}, properties),
      context: {
        page: { url: url(), path: pathname, search, title: document.title, referrer },
        library: { name: "evergrow.js", version: VERSION },
        locale: navigator.language,
        timezone: Intl.DateTimeFormat().resolvedOptions().timeZone,
      },
    };
    Object.assign(message, fields);
    if (may == "yes") keep(message, arrival);
    else if (held.length < MOST.held) held.push([message, arrival]);
    arrival = null;
  }
  function keep(message, arrival) {
    const now = Date.parse(message.timestamp);
    const { properties, context } = message;
    const who = person(message);
    message.anonymousId = who.anonymous;
    message.userId = who.user;
    context.groupId = who.group;
    const { id, first, campaign } = session(now, arrival);
    properties.session_id = id;
    for (const name in first) properties["session_" + name] = first[name];
    CLICKS.forEach((name) => campaign[name] && (properties[name] = campaign[name]));
    context.campaign = Object.assign({ name: campaign.campaign }, campaign);
    const lost = read("lost");
    if (lost) properties.queue_dropped = lost;
    enqueue(message, now);
  }

  // The queue: one entry a message, so that tabs write beside each other; the oldest go when it is too long.
  const mine = {};
  let count = 0;
  const queued = () => names("queue:" + key + ":");
  const bytes = (text) => new TextEncoder().encode(text).length;
  function enqueue(message, now) {
    const name = ["queue", key, now.toString(36), 1e6 + count++, message.messageId.slice(0, 8)].join(":");
    const text = JSON.stringify(message);
    set(name, text);
    remove("lost"); // it is told with this message
    mine[name] = true;
    if (bytes(text) > MOST_BYTES) drop(name);
    let characters = 0;
    queued().reverse().forEach((name, position) => {
      characters += (get(name) || "").length;
      if (position >= MOST.queued || characters > MOST.characters) drop(name);
    });
    later(PAUSE);
  }
  function drop(name) {
    const message = read(name);
    if (message) write("lost", (read("lost") || 0) + 1 + (message.properties.queue_dropped || 0));
    done(name);
  }
  function done(name) {
    remove(name);
    delete mine[name];
  }

  // Sending: one batch at a time, by one tab at a time; a message leaves the queue when its answer was heard.
  const flying = {};
  let timer = 0;
  let isSending = false;
  let failures = 0;
  function later(wait) {
    timer = timer || setTimeout(flush, wait);
  }
  function flush() {
    timer = clearTimeout(timer);
    if (isSending || permission() != "yes") return;
    const wait = asked();
    if (wait) return later(wait);
    isSending = true;
    const locks = navigator.locks;
    const sent = locks ? locks.request(PREFIX + key, { ifAvailable: true }, (lock) => (lock ? send() : BUSY)) : send();
    sent.catch(() => send()).catch(() => BUSY).then((next) => {
      isSending = false;
      timer = clearTimeout(timer);
      if (next >= 0) later(next);
    });
  }
  function asked() {
    const wait = read("after") - Date.now();
    return wait > 0 && wait <= HOUR ? wait : 0;
  }
  function leave() {
    if (permission() == "yes" && !asked()) send(true).then((next) => next >= 0 && later(next));
  }
  async function send(isLeaving) {
    const batch = [];
    const texts = [];
    let size = 0;
    for (const name of queued()) {
      const text = !flying[name] && (!isLeaving || mine[name]) && get(name);
      if (!text) continue;
      size += bytes(text) + 1;
      if (size > MOST_BYTES || batch.length >= MOST.batch) break;
      batch.push(name);
      texts.push(text);
    }
    if (!batch.length) return;
    const end = JSON.stringify({ writeKey: key, sentAt: new Date().toISOString() }).slice(1);
    const body = '{"batch":[' + texts.join() + "]," + end;
    if (isLeaving && !("keepalive" in Request.prototype)) return void navigator.sendBeacon(address, body);
    batch.forEach((name) => (flying[name] = true));
    const answer = await post(body);
    batch.forEach((name) => delete flying[name]);
    const { status } = answer;
    if (!status || status == 408 || status == 429 || status >= 500) return wait(answer);
    batch.forEach(answer.ok ? done : drop);
    failures = 0;
    return 0;
  }
  async function post(body) {
    try {
      const signal = AbortSignal.timeout ? AbortSignal.timeout(30000) : undefined;
      return await fetch(address, { method: "POST", body, keepalive: true, credentials: "omit", signal });
    } catch (_) {
      return {};
    }
  }
  function wait(answer) {
    const seconds = answer.status ? +answer.headers.get("Retry-After") : 0;
    if (seconds > 0 && permission() == "yes") write("after", Date.now() + Math.min(seconds * 1000, HOUR));
    return Math.min(2 ** failures++, 60) * 1000 * (0.5 + Math.random());
  }

  // What the page may call.
  const known = (id) => (typeof id == "string" || typeof id == "number" ? String(id).trim() || undefined : undefined);
  const api = {
    page(name, properties) {
      const isNamed = typeof name == "string";
      say("page", isNamed ? { name } : {}, isNamed ? properties : name);
    },
    track(event, properties) {
      say("track", { event }, properties);
    },
    identify(userId, traits) {
      say("identify", { userId: known(userId), traits });
    },
    group(groupId, traits) {
      say("group", { groupId: known(groupId), traits });
    },
    reset() {
      held = [];
      forget();
    },
    consent(isGranted) {
      if (!isGranted) erase();
      set("consent", isGranted ? "yes" : "no");
      if (permission() == "yes") held.splice(0).forEach((each) => safely(keep)(...each));
    },
    ready(callback) {
      setTimeout(() => callback(api), 0);
    },
    push(call) {
      api[call[0]].apply(api, Array.from(call).slice(1));
    },
  };
  const safely = (act) =>
    function () {
      try {
        act.apply(api, arguments);
      } catch (error) {
        console.warn("evergrow.js:", error);
      }
    };
  Object.keys(api).forEach((name) => (api[name] = safely(api[name])));
  api.version = VERSION;
  window.evergrow = api;

  // The page's life.
  function follow() {
    let last = path();
    let address = url();
    const moved = () => {
      const before = address;
      address = url();
      if (path() == last) return;
      last = path();
      referrer = before;
      arrive();
      api.page();
    };
    ["pushState", "replaceState"].forEach((name) => {
      const act = history[name];
      history[name] = function () {
        const result = act.apply(this, arguments);
        setTimeout(moved, 0); // frameworks set the title after the address
        return result;
      };
    });
    addEventListener("popstate", moved);
  }
  function open() {
    if (isOn(options.autoPage)) api.page();
  }
  function start() {
    if (refuses()) erase();
    arrive();
    if (Array.isArray(earlier)) earlier.forEach(api.push);
    if (document.prerendering) document.addEventListener("prerenderingchange", open, { once: true });
    else open();
    if ("spa" in options) follow();
    addEventListener("pageshow", (event) => event.persisted && open());
    addEventListener("pagehide", leave);
    document.addEventListener("visibilitychange", () => document.hidden && leave());
    addEventListener("online", () => ((failures = 0), flush()));
    later(PAUSE);
  }
  safely(start)();
})();
