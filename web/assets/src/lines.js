// Child rows: add, remove, paste from a spreadsheet, and move between cells with Enter and the arrow keys, as in one.
const MOST_PASTED = 200;

/** What is typed into a cell: not its hidden parts, nor what is computed in it. */
const control = (cell) => cell.querySelector("input:not([type=hidden]):not([type=file]), select, textarea");

/** A value from a spreadsheet into a cell; a choice by its text, a switch by 是, yes, 1. */
function put(cell, text) {
  const input = control(cell);
  if (!input) return;
  if (input.tagName === "SELECT") {
    const option = [...input.options].find((one) => one.text === text || one.value === text);
    if (option || !text) input.value = option?.value ?? "";
  } else if (input.type === "checkbox") {
    input.checked = /^(是|✓|√|y|yes|true|1)$/i.test(text);
  } else {
    input.value = text;
    const chosen = cell.querySelector("[role=combobox] ~ input[type=hidden]");
    if (chosen) chosen.value = ""; // the server finds the record by its title
  }
}
export function start(root) {
  const body = root.querySelector("tbody");
  const template = root.querySelector("template");
  let next = Number(root.dataset.next);

  const added = (row) => {
    row.dispatchEvent(new CustomEvent("sluice:added", { bubbles: true }));
    root.dispatchEvent(new Event("input", { bubbles: true }));
  };
  const rows = () => [...body.querySelectorAll("tr:not(.gone)")];
  const add = ({ quiet = false } = {}) => {
    const holder = document.createElement("tbody");
    holder.innerHTML = template.innerHTML.replaceAll("__n__", String(next));
    next += 1;
    const row = holder.firstElementChild;
    body.append(row);
    added(row);
    if (!quiet) control(row)?.focus();
    return row;
  };
  root.querySelector("[data-add]")?.addEventListener("click", () => add());
  root.addEventListener("sluice:wants-row", (event) => {
    while (next <= event.detail) add({ quiet: true });
  });
  body.addEventListener("paste", (event) => {
    const text = event.clipboardData?.getData("text/plain").replace(/\r\n?/g, "\n").replace(/\n$/, "") ?? "";
    const from = event.target.closest("td");
    if (!from || !/[\t\n]/.test(text) || event.target.tagName === "TEXTAREA") return;
    event.preventDefault();
    const first = rows().indexOf(from.parentElement);
    text.split("\n").slice(0, MOST_PASTED).forEach((line, down) => {
      const row = rows()[first + down] ?? add({ quiet: true });
      const cells = [...row.cells].slice(from.cellIndex).filter(control);
      line.split("\t").forEach((value, right) => cells[right] && put(cells[right], value.trim()));
    });
    root.dispatchEvent(new Event("input", { bubbles: true }));
  });
  body.addEventListener("click", (event) => {
    const button = event.target.closest("[data-remove-line]");
    if (!button) return;
    const row = button.closest("tr");
    const mark = row.querySelector("input[data-delete]");
    if (mark) {
      mark.value = "1";
      row.classList.add("gone");
    } else {
      row.remove();
    }
    root.dispatchEvent(new Event("input", { bubbles: true }));
    root.querySelector("[data-add]")?.focus();
  });
  body.addEventListener("keydown", (event) => {
    const by = { ArrowUp: -1, ArrowDown: 1, Enter: 1 }[event.key];
    if (!by || event.isComposing || event.ctrlKey || event.target.tagName === "TEXTAREA" || event.target.tagName === "SELECT") return;
    if (event.target.getAttribute("role") === "combobox") return;
    event.preventDefault();
    const cell = event.target.closest("td");
    const all = rows();
    const row = all[all.indexOf(cell.parentElement) + by];
    if (row) control(row.cells[cell.cellIndex])?.focus();
    else if (event.key === "Enter") add();
  });
}
