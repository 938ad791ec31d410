// Charts: reads the options that the server wrote as JSON, adds our theme, and draws them with ECharts,
// which is fetched only by pages that hold a chart. The server's table is the picture for everyone else.
(() => {
  const source = document.currentScript.dataset.echarts;
  const drawn = new Map();
  let library;

  const load = () => (library ??= new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = source;
    script.onload = () => resolve(window.echarts);
    script.onerror = reject;
    document.head.append(script);
  }));

  // ---- colours: any string "--token" becomes the value the theme gives it now
  function colour(token) {
    const probe = document.createElement("i");
    probe.className = "hidden";
    document.body.append(probe);
    probe.style.color = `var(${token})`;
    const value = getComputedStyle(probe).color;
    probe.remove();
    return value;
  }

  function resolved(part, palette) {
    if (typeof part === "string") return part.startsWith("--") ? (palette[part] ??= colour(part)) : part;
    if (Array.isArray(part)) return part.map((one) => resolved(one, palette));
    if (part && typeof part === "object") {
      return Object.fromEntries(Object.entries(part).map(([key, value]) => [key, resolved(value, palette)]));
    }
    return part;
  }

  // ---- numbers, as evergrow/lib/numerals.py writes them
  const isChinese = document.documentElement.lang.startsWith("zh");
  const UNITS = isChinese ? [[1e12, "万亿"], [1e8, "亿"], [1e4, "万"]] : [[1e12, "T"], [1e9, "B"], [1e6, "M"], [1e3, "K"]];
  const SYMBOLS = { CNY: "¥", USD: "$", EUR: "€", GBP: "£", JPY: "JP¥", HKD: "HK$", TWD: "NT$", SGD: "S$", AUD: "A$", CAD: "C$", KRW: "₩", INR: "₹" };

  function short(size) {
    const three = (value) => Number(value.toPrecision(3)).toLocaleString("en");
    const least = UNITS[UNITS.length - 1][0];
    const seen = (at) => (at === least ? Math.round(size) : Number(size.toPrecision(3)));
    const [unit, word] = UNITS.find(([at]) => seen(at) >= at) ?? [1, ""];
    return unit === 1 && size >= 100 ? Math.round(size).toLocaleString("en") : three(size / unit) + word;
  }

  function told(value, unit, full) {
    if (value === null || value === undefined || value === "-" || Number.isNaN(Number(value))) return "—";
    const minus = value < 0 ? "−" : "";
    const size = Math.abs(value);
    if (unit === "percent") return `${minus}${Number((size * 100).toFixed(size < 1 && full ? 1 : full ? 1 : size < 0.1 && size > 0 ? 1 : 0))}%`;
    const digits = full ? size.toLocaleString("en", { maximumFractionDigits: 2 }) : short(size);
    return minus + (!unit || unit === "number" ? "" : SYMBOLS[unit] ?? `${unit} `) + digits;
  }

  // ---- theme
  const HATCH = (palette) => ({ symbol: "rect", dashArrayX: [1, 0], dashArrayY: [1.5, 5], rotation: -Math.PI / 4, color: palette("--insufficient-fill") });
  const DOTS = { symbol: "circle", symbolSize: 0.62, dashArrayX: [[4, 4], [0, 4, 4, 0]], dashArrayY: [4, 0], color: "rgba(255,255,255,.75)" };

  function themed(options) {
    const palette = {};
    const c = (token) => (palette[token] ??= colour(token));
    const font = getComputedStyle(document.body).fontFamily;
    const axis = (one) => one && {
      ...one,
      axisLine: { show: one.type === "category" || one.type === "time", lineStyle: { color: c("--edge") }, ...one.axisLine },
      axisTick: { show: false, ...one.axisTick },
      splitLine: { show: one.type !== "category" && one.type !== "time", lineStyle: { color: c("--grid") }, ...one.splitLine },
      axisLabel: {
        color: c("--text-2"), fontSize: 11, hideOverlap: true,
        ...(one.type === "category" || one.type === "time" ? {} : { formatter: (value) => told(value, one.unit ?? options.unit) }),
        ...one.axisLabel,
      },
      nameTextStyle: { color: c("--text-2"), fontSize: 11, ...one.nameTextStyle },
    };
    const each = (part) => (Array.isArray(part) ? part.map(axis) : axis(part));
    const series = [].concat(options.series ?? []).map((one) => styled(one, c));
    const made = resolved({ ...options, series: undefined, xAxis: undefined, yAxis: undefined, name: undefined, unit: undefined }, palette);
    delete made.title;
    return {
      animation: false,
      backgroundColor: "transparent",
      aria: { enabled: true, decal: { show: false } },
      color: [1, 2, 3, 4, 5, 6].map((at) => c(`--series-${at}`)),
      textStyle: { fontFamily: font, color: c("--text-2"), fontSize: 11 },
      ...made,
      grid: { left: 6, right: 12, top: 18, bottom: made.legend ? 30 : 4, containLabel: true, ...made.grid },
      // One row that pages where it is too narrow: a second one would lie on the axis.
      ...(made.legend && { legend: { type: "scroll", pageIconSize: 10, pageIconColor: c("--text-2"), pageIconInactiveColor: c("--edge"), pageTextStyle: { color: c("--text-2"), fontSize: 11 }, left: 0, right: 0, bottom: 0, itemWidth: 12, itemHeight: 10, itemGap: 16, icon: "rect", selectedMode: false, textStyle: { color: c("--text-2"), fontSize: 12 }, ...made.legend } }),
      tooltip: {
        trigger: "axis", className: "chart-tip", confine: true, transitionDuration: 0,
        backgroundColor: c("--surface"), borderColor: c("--border"), borderWidth: 1, borderRadius: 8, padding: [8, 12],
        textStyle: { color: c("--text"), fontSize: 12, fontFamily: font }, shadowBlur: 0, shadowColor: "transparent",
        axisPointer: { type: series.some((one) => one.type === "bar") ? "shadow" : "line", lineStyle: { color: c("--edge") }, shadowStyle: { color: c("--sunken"), opacity: 0.5 } },
        formatter: (points) => tooltip(points, options),
        ...made.tooltip,
      },
      xAxis: resolved(each(options.xAxis), palette),
      yAxis: resolved(each(options.yAxis), palette),
      series: series.map((one) => resolved(one, palette)),
    };
  }

  function styled(one, c) {
    const hatch = { color: c("--insufficient-soft"), decal: HATCH(c), borderWidth: 0 };
    const data = (one.data ?? []).map((item) => (item && item.hatched && one.type === "bar" ? { ...item, itemStyle: { ...hatch, ...item.itemStyle } } : item));
    const base = { cursor: data.some((item) => item?.url) ? "pointer" : "default", ...one, data };
    if (one.type === "line") {
      return { symbol: "none", triggerLineEvent: true, ...base, lineStyle: { width: 2, ...one.lineStyle }, ...(one.endLabel && { endLabel: { color: c("--text"), fontSize: 12, textBorderWidth: 0, distance: 6, ...one.endLabel } }), ...(one.areaStyle && { areaStyle: { opacity: 0.08, ...one.areaStyle } }) };
    }
    if (one.type === "bar") {
      const style = one.hatched ? hatch : one.dotted ? { decal: DOTS } : {};
      return { barMaxWidth: 28, ...base, itemStyle: { ...one.itemStyle, ...style } };
    }
    return base;
  }

  // A node with classes: a strict style-src blocks the markup that ECharts would write itself.
  function tooltip(points, options) {
    const list = [].concat(points);
    const all = [].concat(options.series ?? []);
    const axisUnit = [options.yAxis, options.xAxis].flat().find((one) => one?.unit)?.unit;
    const tip = element("div", "tip");
    tip.append(element("div", "tip-head", list[0].axisValueLabel ?? list[0].data?.told ?? list[0].name));
    for (const point of list.filter((one) => !all[one.seriesIndex]?.silent)) {
      const value = Array.isArray(point.value) ? point.value[point.value.length - 1] : point.value;
      if (value === null || value === undefined) continue;
      const row = element("div", "tip-row");
      const swatch = element("i", "tip-swatch");
      swatch.style.backgroundColor = typeof point.color === "string" ? point.color : "";
      const unit = all[point.seriesIndex]?.unit ?? options.unit ?? axisUnit;
      row.append(swatch, element("span", "tip-name", /^series\d/.test(point.seriesName) ? "" : point.seriesName));
      row.append(element("b", "tip-value", told(value, unit, true)), element("span", "tip-note", point.data?.note ?? ""));
      tip.append(row);
    }
    return tip;
  }

  function element(tag, name, text = "") {
    const made = document.createElement(tag);
    made.className = name;
    made.textContent = text;
    return made;
  }

  // ---- drawing
  async function draw(figure) {
    if (drawn.has(figure)) return;
    drawn.set(figure, null);
    const options = JSON.parse(document.getElementById(figure.dataset.chart).textContent);
    const echarts = await load();
    const place = figure.querySelector(".chart-canvas");
    const table = figure.querySelector(".chart-table");
    place.hidden = false;
    table.hidden = true;
    const chart = echarts.init(place, null, { renderer: "canvas" });
    chart.setOption(themed(options));
    let followed = false;
    chart.on("click", (mark) => {
      followed = Boolean(mark.data?.url);
      if (followed) follow(figure, mark.data.url);
    });
    chart.getZr().on("click", (event) => {
      const url = !followed && nearest(chart, options, [event.offsetX, event.offsetY]);
      followed = false;
      if (url) follow(figure, url);
    });
    drawn.set(figure, { chart, options });
    new ResizeObserver(() => { if (place.offsetWidth) chart.resize(); }).observe(place);
    tools(figure, chart, options, place, table);
  }

  // A click beside the marks opens the one of that category whose value is nearest, so that thin lines can be hit.
  function nearest(chart, options, spot) {
    const series = [].concat(options.series ?? []);
    const isPlain = [].concat(options.xAxis ?? {})[0].type === "category" && !series.some((one) => one.stack);
    if (!isPlain || !chart.containPixel("grid", spot)) return null;
    const [at, height] = chart.convertFromPixel("grid", spot);
    const marks = series.map((one) => one.data?.[Math.round(at)]).filter((item) => item?.url);
    const distance = (item) => Math.abs([].concat(item.value).at(-1) - height);
    return marks.sort((one, other) => distance(one) - distance(other))[0]?.url;
  }

  // A page may show what is behind a mark in its own way: it prevents the default of "chart:open".
  function follow(figure, url) {
    const asked = new CustomEvent("chart:open", { bubbles: true, cancelable: true, detail: { url } });
    if (figure.dispatchEvent(asked)) window.location.assign(url);
  }

  function tools(figure, chart, options, place, table) {
    const bar = figure.querySelector(".chart-tools");
    if (!bar) return;
    bar.hidden = false;
    const card = figure.closest(".card");
    const head = card?.querySelectorAll(".chart").length === 1 && card.querySelector(":scope > .card-header");
    if (head) {
      const actions = head.querySelector(".card-actions:not(.nav-segmented)") ?? Object.assign(document.createElement("div"), { className: "card-actions" });
      actions.append(bar);
      head.append(actions);
    }
    bar.querySelector("[data-chart-table]").addEventListener("click", (event) => {
      table.hidden = !table.hidden;
      place.hidden = !table.hidden;
      event.currentTarget.setAttribute("aria-pressed", String(!table.hidden));
    });
    const name = options.name || "chart";
    bar.querySelector("[data-chart-png]").addEventListener("click", () => {
      save(chart.getDataURL({ type: "png", pixelRatio: 2, backgroundColor: colour("--surface") }), `${name}.png`);
    });
    bar.querySelector("[data-chart-csv]").addEventListener("click", () => {
      const url = URL.createObjectURL(new Blob(["\ufeff" + csv(options, table)], { type: "text/csv" }));
      save(url, `${name}.csv`);
      setTimeout(() => URL.revokeObjectURL(url), 1000);
    });
  }

  function csv(options, table) {
    const series = [].concat(options.series ?? []).map((one) => (one.links ? { ...one, data: one.links } : one)).filter((one) => one.data && !one.silent);
    const head = ["", ...series.map((one) => one.name ?? "")];
    const bare = (item) => {
      const value = item && typeof item === "object" && !Array.isArray(item) ? item.value : item;
      return Array.isArray(value) ? value[value.length - 1] : value;
    };
    const names = [...table.querySelectorAll("tbody th")].map((cell) => cell.textContent);
    const rows = names.map((name, at) => [name, ...series.map((one) => bare(one.data[at]) ?? "")]);
    const safe = (cell) => {
      const text = String(cell);
      const guarded = /^[=+@\t\r]/.test(text) || (/^-/.test(text) && Number.isNaN(Number(text))) ? `'${text}` : text;
      return /[",\n]/.test(guarded) ? `"${guarded.replaceAll('"', '""')}"` : guarded;
    };
    return [head, ...rows].map((row) => row.map(safe).join(",")).join("\r\n");
  }

  function save(url, name) {
    const link = document.createElement("a");
    link.href = url;
    link.download = name;
    link.click();
  }

  function drawAll() {
    for (const [figure, kept] of drawn) {
      if (!figure.isConnected) { kept?.chart.dispose(); drawn.delete(figure); }
    }
    document.querySelectorAll("[data-chart]").forEach(draw);
  }

  document.addEventListener("evergrow:theme", () => {
    for (const kept of drawn.values()) kept?.chart.setOption(themed(kept.options), true);
  });
  document.addEventListener("htmx:load", drawAll);
  if (document.querySelector("[data-chart]")) drawAll();
})();
