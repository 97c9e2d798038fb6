// The board: a card goes to another column; the server judges; a card that is refused or cancelled goes back.
import Sortable from "sortablejs";
import htmx from "htmx.org";
import { postToDialog } from "./dialogs.js";
import { toast } from "./toasts.js";
import { say } from "./words.js";

let dropped = 0; // when a card was last let go, so that the click which ends a drag opens nothing
let pending; // the card that waits for its dialog: {card, lane, before}

const movesOf = (card) => (card.dataset.moves || "").split(" ");
const columns = () => [...document.querySelectorAll("#board .lane")];

function giveBack() {
  if (!pending) return;
  pending.lane.insertBefore(pending.card, pending.before?.parentElement === pending.lane ? pending.before : null);
  pending = undefined;
}

async function move(card, to) {
  await postToDialog(card.dataset.move, { to, version: card.dataset.version, board: card.dataset.view, query: location.search.slice(1) });
  if (!document.getElementById("dialog").open) setTimeout(() => document.getElementById("dialog").open || giveBack(), 400);
}

/** While a card is dragged, the columns (on the phone: the stages above them) say where it may go. */
function showTargets(card) {
  const moves = card ? movesOf(card) : [];
  const swim = card?.closest(".cells");
  for (const lane of columns()) lane.classList.toggle("can", moves.includes(lane.dataset.key) && (!swim || swim.contains(lane)));
  for (const tab of document.querySelectorAll(".stage-picker a")) tab.classList.toggle("can", moves.includes(tab.dataset.column));
}

function onEnd({ item, from, to, oldIndex }) {
  showTargets();
  dropped = Date.now();
  if (from === to) return;
  pending = { card: item, lane: from, before: from.children[oldIndex] ?? null };
  const target = to.dataset.column ?? to.closest(".lane").dataset.key;
  const swim = from.closest(".cells");
  if (swim && !swim.contains(to)) {
    giveBack();
    toast(say("泳道之间不能拖动，请在记录里修改"), true);
  } else if (!movesOf(item).includes(target)) {
    giveBack();
    if (from.closest(".lane").dataset.key !== target) toast(say("流程里没有这一步"), true);
  } else {
    if (to.dataset.column) pending.lane.insertBefore(item, pending.before);
    move(item, target);
  }
}

const OPTIONS = { group: "board", sort: false, animation: 130, delay: 180, delayOnTouchOnly: true, touchStartThreshold: 6, forceFallback: true, fallbackTolerance: 4, fallbackOnBody: true };

function startLanes() {
  for (const lane of document.querySelectorAll(".lane .cards:not([data-sortable])")) {
    lane.dataset.sortable = "yes";
    Sortable.create(lane, {
      ...OPTIONS,
      draggable: ".kard",
      filter: ".menu, .button",
      preventOnFilter: false,
      onStart: ({ item }) => showTargets(item),
      onEnd,
    });
  }
  // On the phone one column fills the screen: a card is let go over the name of another stage.
  for (const tab of document.querySelectorAll(".stage-picker a:not([data-sortable])")) {
    tab.dataset.sortable = "yes";
    Sortable.create(tab, { ...OPTIONS, group: { name: "board", pull: false, put: true }, draggable: ".kard" });
  }
  watchColumns();
}

// --- folding: remembered by the browser, read by the server ------------------------------------------------------------

function remember(lane, isFolded) {
  const name = `folds.${lane.dataset.view}`;
  const kept = document.cookie.split("; ").find((part) => part.startsWith(`${name}=`))?.slice(name.length + 1) ?? "";
  const others = kept.split(".").filter((part) => part && part.replace(/^-/, "") !== lane.dataset.key);
  const value = [...others, (isFolded ? "" : "-") + lane.dataset.key].join(".");
  const path = location.pathname.split("/board")[0];
  document.cookie = `${name}=${value}; path=${path}; max-age=31536000; samesite=lax`;
}

function fold(lane) {
  const isFolded = !lane.classList.contains("folded");
  remember(lane, isFolded);
  if (!isFolded && lane.dataset.loaded === undefined) {
    htmx.ajax("GET", lane.dataset.href, { target: `#${lane.id}`, swap: "outerHTML" });
    return;
  }
  lane.classList.toggle("folded", isFolded);
  lane.querySelector(".fold").setAttribute("aria-expanded", String(!isFolded));
}

// --- the phone: the name of the column in view is marked above it ------------------------------------------------------

let watcher;
function watchColumns() {
  watcher?.disconnect();
  const picker = document.querySelector(".stage-picker");
  if (!picker?.offsetParent) return;
  watcher = new IntersectionObserver(
    (seen) => {
      const lane = seen.filter((one) => one.isIntersecting).pop()?.target;
      if (!lane) return;
      for (const tab of picker.children) {
        if (tab.dataset.column === lane.dataset.key) {
          tab.setAttribute("aria-current", "true");
          picker.scrollTo({ left: tab.offsetLeft - picker.offsetLeft - 60, behavior: "smooth" });
        } else tab.removeAttribute("aria-current");
      }
    },
    { root: document.querySelector(".board"), threshold: 0.6 },
  );
  columns().forEach((lane) => watcher.observe(lane));
}

// --- the keyboard ------------------------------------------------------------------------------------------------------

const leads = (lane) => [...lane.querySelectorAll(".kard a.lead")].filter((link) => link.offsetParent);

function beside(card, by) {
  const lanes = columns().filter((lane) => leads(lane).length);
  const lane = card.closest(".lane");
  const target = lanes[lanes.indexOf(lane) + by];
  if (!target) return undefined;
  return leads(target)[Math.min(leads(lane).indexOf(card.querySelector("a.lead")), leads(target).length - 1)];
}

/** Shift and an arrow: to the nearest column on that side that the flow allows. */
function push(card, by) {
  const keys = columns().map((lane) => lane.dataset.key);
  const at = keys.indexOf(card.closest(".lane").dataset.key);
  const side = by > 0 ? keys.slice(at + 1) : keys.slice(0, at).reverse();
  const target = side.find((key) => movesOf(card).includes(key));
  if (target) move(card, target);
  else toast(say("流程里没有这一步"), true);
}

document.addEventListener("keydown", (event) => {
  const card = event.target.closest?.(".kard");
  if (!card || event.ctrlKey || event.metaKey || event.altKey || event.target.closest(".pop")) return;
  const links = leads(card.closest(".lane"));
  const at = links.indexOf(card.querySelector("a.lead"));
  const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (by && event.shiftKey) push(card, by);
  else if (by) beside(card, by)?.focus();
  else if (event.key === "ArrowDown") links[at + 1]?.focus();
  else if (event.key === "ArrowUp") links[at - 1]?.focus();
  else if (event.key === "m") {
    const menu = card.querySelector("details.menu");
    if (menu) menu.open = true;
    menu?.querySelector("button")?.focus();
  } else return;
  event.preventDefault();
});

// --- what the page and the server say ----------------------------------------------------------------------------------

document.addEventListener("htmx:after:swap", startLanes);
document.addEventListener("sluice:moved", (event) => {
  pending = undefined;
  const id = event.detail?.id;
  setTimeout(() => {
    if (document.activeElement === document.body) document.querySelector(`.kard[data-id="${id}"] a.lead`)?.focus({ preventScroll: true });
  }, 60);
});
document.getElementById("dialog")?.addEventListener("close", () => setTimeout(giveBack, 0));
document.addEventListener("htmx:error", giveBack);
document.addEventListener(
  "click",
  (event) => {
    if (Date.now() - dropped < 250 && event.target.closest(".kard a, .stage-picker a")) event.preventDefault();
  },
  true,
);
document.addEventListener("click", (event) => {
  const folding = event.target.closest("[data-fold]");
  if (folding) fold(folding.closest(".lane"));
  const item = event.target.closest("[data-move-to]");
  if (!item) return;
  item.closest("details.menu")?.removeAttribute("open");
  move(item.closest(".kard"), item.dataset.moveTo);
});
startLanes();
