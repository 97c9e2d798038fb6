// Short news in the corner: from the server by the event `sluice:toast`, or from the page's own notices.
import { postToDialog } from "./dialogs.js";
import { say } from "./words.js";

const box = () => document.getElementById("toasts");

/** Bad news goes where it can be read: an open dialog lies over everything beneath it. */
function boxOver() {
  const dialog = [...document.querySelectorAll("dialog[open]")].pop();
  if (!dialog) return box();
  let own = dialog.querySelector(":scope > .toasts");
  if (!own) {
    own = document.createElement("div");
    own.className = "toasts";
    own.setAttribute("role", "status");
    dialog.append(own);
  }
  return own;
}

// undo: the events that the toast's button takes back; see web/pages/undoing.py.
export function toast(text, isBad = false, undo = "") {
  const template = document.getElementById(isBad ? "toast-bad" : "toast-good");
  const place = isBad ? boxOver() : box();
  if (!template || !place) return null;
  const node = template.content.firstElementChild.cloneNode(true);
  node.querySelector("[data-text]").textContent = text;
  const button = node.querySelector("[data-undo]");
  if (button) {
    button.hidden = !undo;
    button.dataset.undo = undo;
  }
  node.querySelector("[data-away]").addEventListener("click", () => node.remove());
  place.append(node);
  if (!isBad) setTimeout(() => node.remove(), undo ? 9000 : 5000);
  return node;
}

export function startToasts() {
  document.addEventListener("sluice:signed-out", (event) => {
    if (document.querySelector(".toasts [data-sign-in]")) return;
    const told = toast(say("登录已过期。填写的内容留在这台设备上，登录后可以取回。"), true);
    const link = document.createElement("a");
    Object.assign(link, { href: event.detail.href, textContent: say("去登录") });
    link.dataset.signIn = "";
    told?.querySelector("[data-text]").append(" ", link);
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
