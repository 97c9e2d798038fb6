// Child rows: add, remove, and move between cells with Enter and the arrow keys, as in a spreadsheet.
export function start(root) {
  const body = root.querySelector("tbody");
  const template = root.querySelector("template");
  let next = Number(root.dataset.next);

  const added = (row) => {
    row.dispatchEvent(new CustomEvent("sluice:added", { bubbles: true }));
    root.dispatchEvent(new Event("input", { bubbles: true }));
  };
  const add = () => {
    const holder = document.createElement("tbody");
    holder.innerHTML = template.innerHTML.replaceAll("__n__", String(next));
    next += 1;
    const row = holder.firstElementChild;
    body.append(row);
    added(row);
    row.querySelector("input:not([type=hidden]), select, textarea")?.focus();
  };
  root.querySelector("[data-add]")?.addEventListener("click", add);
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
    const rows = [...body.querySelectorAll("tr:not(.gone)")];
    const row = rows[rows.indexOf(cell.parentElement) + by];
    if (row) row.cells[cell.cellIndex].querySelector("input, select")?.focus();
    else if (event.key === "Enter") add();
  });
}
