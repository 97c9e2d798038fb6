// The board: a card goes to another column; the server judges; a card that is refused or cancelled goes back.
import Sortable from "sortablejs";
import { postToDialog } from "./dialogs.js";
import { toast } from "./toasts.js";
import { say } from "./words.js";

let dropped = 0; // when a card was last let go, so that the click which ends a drag opens nothing
let pending; // the card that waits for its dialog: {card, lane, before}

function giveBack() {
  if (!pending) return;
  pending.lane.insertBefore(pending.card, pending.before?.parentElement === pending.lane ? pending.before : null);
  pending = undefined;
}

async function move(card, to) {
  await postToDialog(card.dataset.move, { to, version: card.dataset.version, board: card.dataset.view, query: location.search.slice(1) });
  if (!document.getElementById("dialog").open) setTimeout(() => document.getElementById("dialog").open || giveBack(), 400);
}

function startLanes() {
  for (const lane of document.querySelectorAll(".lane .cards:not([data-sortable])")) {
    lane.dataset.sortable = "yes";
    Sortable.create(lane, {
      group: "board",
      sort: false,
      animation: 130,
      delay: 160,
      delayOnTouchOnly: true,
      filter: ".menu, .button",
      preventOnFilter: false,
      forceFallback: true,
      fallbackTolerance: 4,
      fallbackOnBody: true,
      onStart: ({ item }) => {
        const moves = (item.dataset.moves || "").split(" ");
        for (const other of document.querySelectorAll(".lane")) other.classList.toggle("can", moves.includes(other.dataset.key));
      },
      onEnd: ({ item, from, to, oldIndex }) => {
        for (const other of document.querySelectorAll(".lane")) other.classList.remove("can");
        dropped = Date.now();
        if (from === to) return;
        const target = to.closest(".lane").dataset.key;
        pending = { card: item, lane: from, before: from.children[oldIndex] ?? null };
        if (!(item.dataset.moves || "").split(" ").includes(target)) {
          giveBack();
          toast(say("流程里没有这一步"), true);
          return;
        }
        move(item, target);
      },
    });
  }
}

document.addEventListener("htmx:after:swap", startLanes);
document.addEventListener("sluice:moved", () => (pending = undefined));
document.getElementById("dialog")?.addEventListener("close", () => setTimeout(giveBack, 0));
document.addEventListener("htmx:error", giveBack);
document.addEventListener(
  "click",
  (event) => {
    if (Date.now() - dropped < 250 && event.target.closest(".kard a")) event.preventDefault();
  },
  true,
);
document.addEventListener("click", (event) => {
  const item = event.target.closest("[data-move-to]");
  if (!item) return;
  item.closest("details.menu")?.removeAttribute("open");
  move(item.closest(".kard"), item.dataset.moveTo);
});
startLanes();
