// The trend page: marks and numbers open the list behind them beside the chart. Without it they open as pages.
(() => {
  const drawer = () => document.getElementById("drawer");

  function open(url) {
    htmx.ajax("GET", url, { target: "#drawer", swap: "innerHTML" }).then(() => drawer().classList.add("show"));
  }

  function close() {
    drawer()?.classList.remove("show");
  }

  function enliven() {
    for (const form of document.querySelectorAll(".trend-form")) form.classList.add("is-live");
    for (const button of document.querySelectorAll("[data-remove-filter]")) button.hidden = false;
  }

  document.addEventListener("chart:open", (event) => {
    event.preventDefault();
    open(event.detail.url);
  });

  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-open-drawer]");
    if (link && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
      event.preventDefault();
      open(link.href);
    }
    if (event.target.closest("[data-close-drawer]")) close();
    const remove = event.target.closest("[data-remove-filter]");
    if (remove) {
      const topic = remove.closest(".trend-filter").querySelector("select[name=on]");
      topic.value = "";
      topic.dispatchEvent(new Event("change", { bubbles: true }));
    }
  });

  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !document.querySelector("details[data-menu][open]")) close();
  });

  // A range of days is asked for only when both are there
  document.addEventListener("htmx:confirm", (event) => {
    const form = event.target;
    if (!form.matches?.(".trend-form") || form.elements.range.value !== "custom") return;
    if (!form.elements.from.value || !form.elements.to.value) event.preventDefault();
  });

  document.addEventListener("htmx:load", enliven);
  enliven();
})();
