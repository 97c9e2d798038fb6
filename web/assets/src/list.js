// A list: rows to choose many of, groups to open, cells to edit in place.
import { startCells } from "./cells.js";
import { say } from "./words.js";

export function start(root) {
  const all = root.querySelector("[data-all]");
  const bar = root.querySelector(".bulk");
  const whole = root.querySelector("#bulk-whole");
  const ticks = () => [...root.querySelectorAll(".pickrow")].filter((tick) => tick.offsetParent);
  const draw = () => {
    const visible = ticks();
    const chosen = visible.filter((tick) => tick.checked);
    if (bar) {
      bar.hidden = chosen.length === 0;
      bar.querySelector("[data-count]").textContent = String(chosen.length);
      if (!chosen.length) whole.replaceChildren();
      // On the phone nobody ticks fifty cards to get at the rest.
      bar.querySelector("[data-whole]").hidden = (innerWidth > 760 && chosen.length < visible.length) || whole.childElementCount > 0;
    }
    if (all) {
      all.checked = chosen.length > 0 && chosen.length === visible.length;
      all.indeterminate = chosen.length > 0 && chosen.length < visible.length;
    }
  };
  const tickAll = (on) => {
    ticks().forEach((tick) => (tick.checked = on));
    draw();
  };
  all?.addEventListener("change", () => tickAll(all.checked));
  root.addEventListener("change", (event) => {
    if (event.target.matches(".pickrow")) whole?.replaceChildren();
    draw();
  });
  root.addEventListener("click", (event) => {
    if (event.target.closest("[data-none]")) {
      root.classList.remove("choosing");
      tickAll(false);
    }
    if (event.target.closest("[data-choose]")) {
      root.classList.add("choosing");
      event.target.closest("details").open = false;
      root.querySelector(".list-phone .pickrow")?.focus();
    }
    const group = event.target.closest("[data-group]");
    if (group) {
      const rows = document.getElementById(group.getAttribute("aria-controls"));
      rows.hidden = !rows.hidden;
      group.setAttribute("aria-expanded", String(!rows.hidden));
      rows.querySelector(".wait > td")?.dispatchEvent(new Event("open"));
    }
  });
  // Shift and a click choose everything between.
  let last;
  root.addEventListener("click", (event) => {
    if (!event.target.matches(".pickrow")) return;
    const visible = ticks();
    if (event.shiftKey && last) {
      const [from, to] = [visible.indexOf(last), visible.indexOf(event.target)].sort((a, b) => a - b);
      visible.slice(from, to + 1).forEach((tick) => (tick.checked = event.target.checked));
    }
    last = event.target;
  });
  document.addEventListener("htmx:after:swap", draw);
  // On the phone each card has a pencil: there are no cells to press.
  const drawPencils = () => {
    if (innerWidth > 760) return;
    for (const card of root.querySelectorAll("[data-edit-card] > li[data-id]:not(:has(> .edit-card))")) {
      const pencil = document.createElement("button");
      pencil.type = "button";
      pencil.className = "edit-card";
      pencil.dataset.dialog = card.parentElement.dataset.editCard.replace("/0/", `/${card.dataset.id}/`);
      pencil.setAttribute("aria-label", say("修改「{title}」", { title: card.querySelector(".lead").textContent }));
      card.append(pencil);
    }
  };
  drawPencils();
  document.addEventListener("htmx:after:swap", drawPencils);
  // The table and the cards of the phone hold the same boxes; only those one sees are sent.
  root.querySelector("[data-bulk-go]")?.addEventListener("click", () => {
    for (const tick of root.querySelectorAll(".pickrow")) tick.disabled = !tick.offsetParent;
  }, true);
  const table = root.querySelector("table[data-edit]");
  if (table) startCells(table);
  draw();
}
