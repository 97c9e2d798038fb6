// Editing in place. Cells that may be edited take the focus by arrow keys; Enter, F2, a double click or the pencil opens
// the field's control over the cell. Enter saves, Esc leaves it as it was, Tab saves and goes on to the next cell.
import htmx from "htmx.org";

const EDITABLE = "td[data-cell]";

export function startCells(table) {
  const box = document.createElement("div");
  box.id = "cell";
  box.hidden = true;
  document.getElementById("main").append(box);
  const pencil = document.createElement("button");
  pencil.type = "button";
  pencil.tabIndex = -1;
  pencil.className = "pencil";
  pencil.setAttribute("aria-hidden", "true");

  let cell; // the one being edited
  let onwards = 0; // after saving: 1 to the next cell, -1 to the one before

  const cells = () => [...table.querySelectorAll(EDITABLE)].filter((each) => each.offsetParent);
  const place = () => {
    if (!cell?.isConnected) return;
    const at = cell.getBoundingClientRect();
    box.style.insetInlineStart = `${Math.max(8, Math.min(at.left, innerWidth - box.offsetWidth - 8))}px`;
    box.style.insetBlockStart = `${Math.max(8, Math.min(at.top - 1, innerHeight - box.offsetHeight - 8))}px`;
    box.style.minInlineSize = `${Math.max(at.width, 240)}px`;
  };
  const close = () => {
    box.hidden = true;
    box.replaceChildren();
    cell?.focus();
    cell = undefined;
  };
  const open = (target) => {
    cell = target;
    getSelection()?.removeAllRanges();
    const { cell: field } = target.dataset;
    const address = table.dataset.edit.replace("/0/", `/${target.closest("tr").dataset.id}/`).replace("FIELD", field);
    htmx.ajax("GET", `${address}?${new URLSearchParams({ query: table.dataset.query })}`, { target: "#cell", swap: "innerHTML" });
  };
  const focus = (target) => {
    for (const other of cells()) other.tabIndex = -1;
    target.tabIndex = 0;
    target.focus();
  };
  const ready = () => {
    const every = cells();
    for (const each of every) each.tabIndex = -1;
    if (every[0]) every[0].tabIndex = 0;
  };
  const neighbour = (from, by) => {
    const every = cells();
    return every[every.indexOf(from) + by];
  };

  document.addEventListener("htmx:after:swap", () => {
    if (cell && box.childElementCount && box.hidden) box.hidden = false;
    if (!box.hidden) {
      place();
      const control = box.querySelector(".input, input:not([type=hidden]), button");
      if (!box.contains(document.activeElement)) control?.focus();
      if (control?.select && control.type !== "checkbox") control.select();
    } else ready();
  });
  // The row came back anew: the focus goes on from the same cell of the new row.
  document.addEventListener("sluice:cell-saved", () => {
    const { id } = cell.closest("tr").dataset;
    const { cell: field } = cell.dataset;
    box.hidden = true;
    box.replaceChildren();
    cell = undefined;
    setTimeout(() => {
      const same = table.querySelector(`tr[data-id="${id}"] td[data-cell="${field}"]`);
      const next = same && onwards ? neighbour(same, onwards) : same;
      if (next) focus(next);
      if (next && onwards) open(next);
      onwards = 0;
    }, 30);
  });

  table.addEventListener("dblclick", (event) => {
    const target = event.target.closest(EDITABLE);
    if (target) open(target);
  });
  table.addEventListener("keydown", (event) => {
    if (!event.target.matches(EDITABLE)) return;
    const target = event.target;
    const column = cells().filter((each) => each.dataset.cell === target.dataset.cell);
    const moves = {
      ArrowRight: neighbour(target, 1),
      ArrowLeft: neighbour(target, -1),
      ArrowDown: column[column.indexOf(target) + 1],
      ArrowUp: column[column.indexOf(target) - 1],
    };
    if (event.key === "Enter" || event.key === "F2") open(target);
    else if (moves[event.key]) focus(moves[event.key]);
    else return;
    event.preventDefault();
  });
  for (const name of ["mouseover", "focusin"]) {
    table.addEventListener(name, (event) => {
      const target = event.target.closest?.(EDITABLE);
      if (target && pencil.parentElement !== target) target.append(pencil);
    });
  }
  pencil.addEventListener("click", () => open(pencil.closest(EDITABLE)));

  box.addEventListener("keydown", (event) => {
    if (event.isComposing || event.defaultPrevented) return;
    const form = box.querySelector("form");
    const isOpenList = event.target.getAttribute?.("aria-expanded") === "true";
    if (event.key === "Escape") close();
    else if (event.key === "Tab" && form && !isOpenList) {
      onwards = event.shiftKey ? -1 : 1;
      form.requestSubmit();
    } else if (event.key === "Enter" && form && !event.target.closest("button, textarea") && !isOpenList) {
      onwards = 0;
      form.requestSubmit();
    } else return;
    event.preventDefault();
    event.stopPropagation();
  });
  box.addEventListener("click", (event) => event.target.closest("[data-cell-close]") && close());
  document.addEventListener("pointerdown", (event) => !box.hidden && !box.contains(event.target) && close());
  addEventListener("resize", place);
  table.parentElement.addEventListener("scroll", place);
  ready();
}
