// Keyboard: / or Ctrl K search · g then a letter to go · c create · e edit · f filter · j k along the rows · ? the list of keys.
let waitingForTarget = false;

const typing = (target) => target.closest("input, textarea, select, [contenteditable], [role=combobox]");

function goTo(selector) {
  const link = document.querySelector(selector);
  if (link) link.click();
  return Boolean(link);
}

function step(by) {
  const rows = [...document.querySelectorAll("[data-rows] a.lead, [data-rows] .lead a")].filter((row) => row.offsetParent);
  if (!rows.length) return;
  const at = rows.indexOf(document.activeElement);
  rows[Math.max(0, Math.min(rows.length - 1, at < 0 ? 0 : at + by))].focus();
}

/** The box at the top; where there is no room for one, the page of its own. */
function search() {
  const box = [...document.querySelectorAll("#q, #search")].find((input) => input.offsetParent);
  if (box) box.select();
  else goTo("[data-key='/']");
}

export function startKeys() {
  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
      event.preventDefault();
      search();
      return;
    }
    if (event.ctrlKey && event.key === "Enter" && event.target.form) event.target.form.requestSubmit();
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    if (document.querySelector("dialog[open]") && event.key !== "?") return;
    if (waitingForTarget) {
      waitingForTarget = false;
      if (/^[a-z0-9]$/.test(event.key)) goTo(`[data-key="g ${event.key}"]`);
      return;
    }
    if (event.key === "g") waitingForTarget = true;
    else if (event.key === "/") search();
    else if (event.key === "c") goTo("[data-key='c']");
    else if (event.key === "e") goTo("[data-key='e']");
    else if (event.key === "f") goTo("[data-key='f']");
    else if (event.key === "j") step(1);
    else if (event.key === "k") step(-1);
    else if (event.key === "?") document.getElementById("keys")?.showModal();
    else return;
    event.preventDefault();
  });
}
