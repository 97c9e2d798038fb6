// Every page loads this: htmx, the small habits of the frame, and the islands that the page asks for.
import htmx from "htmx.org";
import { startArrived } from "./arrived.js";
import { startDialogs } from "./dialogs.js";
import { startGate } from "./gate.js";
import { startGoing } from "./going.js";
import { startKept } from "./kept.js";
import { startKeys } from "./keys.js";
import { startOnwards } from "./onwards.js";
import { startToasts, toast } from "./toasts.js";
import { startPreview } from "./preview.js";
import { startSeen } from "./seen.js";
import { say } from "./words.js";

htmx.config.includeIndicatorCSS = false; // the page's CSP allows no inline style
htmx.config.history = "reload";

const islands = {
  lookup: () => import("./lookup.js"),
  date: () => import("./dates.js"),
  upload: () => import("./upload.js"),
  draft: () => import("./draft.js"),
  lines: () => import("./lines.js"),
  place: () => import("./place.js"),
  list: () => import("./list.js"),
  columns: () => import("./columns.js"),
  snippets: () => import("./snippets.js"),
  mention: () => import("./mention.js"),
  finder: () => import("./finder.js"),
  chart: () => import("./chart.js"),
};

function startIslands(root) {
  const found = [...root.querySelectorAll("[data-island]")];
  if (root.matches?.("[data-island]")) found.push(root);
  for (const element of found) {
    if (element.dataset.started) continue;
    element.dataset.started = "yes";
    const coming = islands[element.dataset.island]?.().then((island) => island.start(element));
    if (coming && element.dataset.islandLate && element instanceof HTMLFormElement) holdUntil(coming, element);
  }
}

/** What a quick hand sends before the form's island has come is sent once it is there, or as a plain form if it fails. */
function holdUntil(coming, form) {
  let isHeld = false;
  const hold = (event) => {
    event.preventDefault();
    event.stopImmediatePropagation();
    isHeld = true;
  };
  form.addEventListener("submit", hold, true);
  const release = () => {
    form.removeEventListener("submit", hold, true);
    if (isHeld) form.requestSubmit();
  };
  coming.then(release, release);
}

document.documentElement.classList.add("js");
startArrived();
startDialogs();
startGate();
startGoing();
startKept();
startKeys();
startOnwards();
startToasts();
startPreview();
startSeen();
startIslands(document);
document.addEventListener("htmx:after:swap", () => startIslands(document));
document.addEventListener("sluice:added", (event) => startIslands(event.target));
// Islands that are seldom wanted come when they are touched.
document.addEventListener("focusin", (event) => {
  const late = event.target.closest("[data-island-late]");
  if (!late || late.dataset.started) return;
  late.dataset.island = late.dataset.islandLate;
  startIslands(late);
});

// An app of its own on the phone; the worker keeps the page for no network, and no page of anybody's.
if (isSecureContext) navigator.serviceWorker?.register("/worker.js").catch(() => {});

// A menu closes when one looks elsewhere; choices in a filter apply at once.
document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});
document.addEventListener("change", (event) => {
  if (event.target.closest("[data-submit-on-change]")) event.target.form?.requestSubmit();
});
// Menus inside a scrolling box are placed by hand so that the box does not cut them off.
document.addEventListener(
  "toggle",
  (event) => {
    const menu = event.target;
    if (!menu.matches?.("details.menu[data-float]") || !menu.open) return;
    const pop = menu.querySelector(".pop");
    if (getComputedStyle(pop).insetBlockEnd === "0px") return; // a sheet of the phone
    const box = menu.getBoundingClientRect();
    pop.style.position = "fixed";
    pop.style.insetInlineStart = `${Math.max(8, Math.min(box.right - pop.offsetWidth, innerWidth - pop.offsetWidth - 8))}px`;
    pop.style.insetInlineEnd = "auto";
    pop.style.insetBlockStart = `${Math.min(box.bottom + 4, innerHeight - pop.offsetHeight - 8)}px`;
  },
  true,
);
// What is a strip on the phone opens and closes as a whole; it stays as it was when its content is drawn anew.
const tellFolds = () => {
  for (const button of document.querySelectorAll("[data-unfold]")) {
    button.setAttribute("aria-expanded", String(document.getElementById(button.dataset.unfold).classList.contains("unfolded")));
  }
};
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-unfold]");
  if (!button) return;
  document.getElementById(button.dataset.unfold).classList.toggle("unfolded");
  tellFolds();
});
document.addEventListener("htmx:after:swap", tellFolds);
// A checklist drawn anew keeps whoever works by keyboard in it: at the next open item, or at the step itself.
document.addEventListener("htmx:after:swap", () => {
  const list = document.getElementById("checklist");
  if (list && document.activeElement === document.body) (list.querySelector(".act > summary") ?? list.querySelector(".body > .button"))?.focus();
});
// What prints the page, and copy buttons.
document.addEventListener("click", (event) => event.target.closest("[data-print]") && print());
document.addEventListener("click", (event) => {
  const text = event.target.closest("[data-copy]")?.dataset.copy;
  if (text) navigator.clipboard?.writeText(text).then(() => toast(say("已复制")));
});
// The current stage is in view, however long the path.
for (const step of document.querySelectorAll(".path [aria-current]")) {
  step.parentElement.scrollLeft = step.offsetLeft - step.parentElement.offsetLeft - 24;
}
