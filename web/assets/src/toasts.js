// Short news in the corner: from the server by the event `sluice:toast`, or from the page's own notices.
const box = () => document.getElementById("toasts");

export function toast(text, isBad = false) {
  const template = document.getElementById(isBad ? "toast-bad" : "toast-good");
  if (!template || !box()) return;
  const node = template.content.firstElementChild.cloneNode(true);
  node.querySelector("[data-text]").textContent = text;
  node.querySelector("button").addEventListener("click", () => node.remove());
  box().append(node);
  if (!isBad) setTimeout(() => node.remove(), 5000);
}

export function startToasts() {
  document.addEventListener("sluice:toast", (event) => toast(event.detail.text, event.detail.bad));
  for (const node of document.querySelectorAll("#toasts .toast")) {
    node.querySelector("button")?.addEventListener("click", () => node.remove());
    if (!node.classList.contains("bad")) setTimeout(() => node.remove(), 5000);
  }
}
