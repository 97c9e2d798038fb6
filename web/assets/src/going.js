// What is under way: a thin line for anything that takes longer than a moment, and nothing is sent twice.
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

const formOf = (event) => event.detail?.ctx?.sourceElement?.closest?.("form[method=post], form[hx-post]");

export function startGoing() {
  document.addEventListener("htmx:before:request", () => count(1));
  document.addEventListener("htmx:finally:request", (event) => {
    count(-1);
    const form = formOf(event);
    if (form) release(form);
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
      if (form.dataset.sent) {
        event.preventDefault();
        event.stopImmediatePropagation();
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
