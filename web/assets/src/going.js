// What is under way: a thin line for anything that takes longer than a moment, nothing is sent twice, and a network that
// is gone takes nothing that was typed.
import { toast } from "./toasts.js";
import { say } from "./words.js";

const PATIENCE = 15_000; // after so long a form may be sent again: the network may have lost the first

let underWay = 0;
const count = (change) => {
  underWay = Math.max(0, underWay + change);
  document.body.toggleAttribute("data-busy", underWay > 0);
};

function hold(form) {
  form.dataset.sent = "yes";
  for (const button of form.querySelectorAll("button:not([type=button])")) button.setAttribute("aria-busy", "true");
  setTimeout(() => release(form), PATIENCE);
}

function release(form) {
  delete form.dataset.sent;
  for (const button of form.querySelectorAll("[aria-busy]")) button.removeAttribute("aria-busy");
}

/** The page is on its way out; an answer that is a download leaves it where it is. */
function goAway() {
  count(1);
  setTimeout(() => count(-1), PATIENCE);
}

// Only the form's own answer sets it free: what is computed beside it comes back while the form is still on its way.
const formOf = (event) => (event.detail?.ctx?.sourceElement?.matches?.("form[data-sent]") ? event.detail.ctx.sourceElement : null);

function tellNoNetwork() {
  if (document.querySelector(".toasts [data-no-network]")) return;
  toast(say("没有连上服务器。填写的内容还在，连上后请再试一次。"), true)?.setAttribute("data-no-network", "");
}

export function startGoing() {
  document.addEventListener("htmx:before:request", () => count(1));
  document.addEventListener("htmx:finally:request", (event) => {
    count(-1);
    const form = formOf(event);
    if (form) release(form);
  });
  // What was asked in the background, by no press of anybody, may fail in silence.
  document.addEventListener("htmx:error", (event) => {
    if (event.detail?.error instanceof TypeError && !event.detail.ctx?.sourceElement?.hidden) tellNoNetwork();
  });
  // A form that was sent waits for its answer; a second press of the button sends nothing.
  document.addEventListener(
    "submit",
    (event) => {
      const form = event.target;
      const isHtmx = [...form.attributes].some(({ name }) => name.startsWith("hx-"));
      if (form.method !== "post" && !form.hasAttribute("hx-post")) {
        if (!isHtmx) goAway(); // htmx counts its own
        return;
      }
      if (form.dataset.sent || !navigator.onLine) {
        event.preventDefault();
        event.stopImmediatePropagation();
        if (!form.dataset.sent) tellNoNetwork();
        return;
      }
      hold(form);
      if (isHtmx) return;
      setTimeout(() => (event.defaultPrevented ? release(form) : goAway()), 0);
    },
    true,
  );
  // In an installed app the browser shows no progress of its own.
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[href]");
    const opensHere = link && !link.target && !link.download && link.origin === location.origin && link.pathname !== location.pathname;
    if (opensHere && !link.dataset.dialog && !event.defaultPrevented && !(event.ctrlKey || event.metaKey || event.shiftKey) && !link.pathname.startsWith("/files/")) goAway();
  });
  addEventListener("pageshow", () => {
    underWay = 0;
    count(0);
    document.querySelectorAll("form[data-sent]").forEach(release);
  });
}
