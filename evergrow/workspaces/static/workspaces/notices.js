// Opening a notice marks it as read, whether in this tab or in a new one.
const token = JSON.parse(document.body.getAttribute("hx-headers"));
for (const kind of ["click", "auxclick"]) {
  document.addEventListener(kind, (event) => {
    const link = event.target.closest("a[data-notice-read]");
    if (link && event.button < 2) fetch(link.dataset.noticeRead, { method: "POST", keepalive: true, redirect: "manual", headers: token });
  });
}
