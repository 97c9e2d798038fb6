// Short news in the corner: from the server by the event `sluice:toast`, or from the page's own notices.
import { postToDialog } from "./dialogs.js";
import { say } from "./words.js";

const box = () => document.getElementById("toasts");

// undo: the events that the toast's button takes back; see web/pages/undoing.py.
export function toast(text, isBad = false, undo = "") {
  const template = document.getElementById(isBad ? "toast-bad" : "toast-good");
  if (!template || !box()) return;
  const node = template.content.firstElementChild.cloneNode(true);
  node.querySelector("[data-text]").textContent = text;
  const button = node.querySelector("[data-undo]");
  if (button) {
    button.hidden = !undo;
    button.dataset.undo = undo;
  }
  node.querySelector("[data-away]").addEventListener("click", () => node.remove());
  box().append(node);
  if (!isBad) setTimeout(() => node.remove(), undo ? 9000 : 5000);
}

export function startToasts() {
  document.addEventListener("sluice:signed-out", (event) => {
    if (box()?.querySelector("[data-sign-in]")) return;
    toast(say("登录已过期。填写的内容留在这台设备上，登录后可以取回。"), true);
    const link = document.createElement("a");
    Object.assign(link, { href: event.detail.href, textContent: say("去登录") });
    link.dataset.signIn = "";
    box()?.lastElementChild?.querySelector("[data-text]")?.append(" ", link);
  });
  document.addEventListener("sluice:toast", (event) => toast(event.detail.text, event.detail.bad, event.detail.undo));
  document.addEventListener("click", (event) => {
    const events = event.target.closest("[data-undo]")?.dataset.undo;
    if (events) postToDialog("/undo", { events, back: location.pathname + location.search });
  });
  for (const node of document.querySelectorAll("#toasts .toast")) {
    node.querySelector("[data-away]")?.addEventListener("click", () => node.remove());
    if (!node.classList.contains("bad")) setTimeout(() => node.remove(), node.querySelector("[data-undo]") ? 9000 : 5000);
  }
}
