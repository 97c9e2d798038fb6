// The gate dialog counts along while it is filled in: how many items are still without an answer, and where the next is.
const isGiven = (control) =>
  control.type === "checkbox" || control.type === "radio" ? control.checked && control.value !== "" : control.value.trim() !== "";

function answers(item) {
  return [...item.querySelectorAll("[name]")].filter((control) => control.type !== "file" && !control.name.endsWith("__text"));
}

/** A field is answered when any control of it is; an item when all its fields are, a choice of ways when one way is. */
function isAnswered(item) {
  if ([...item.querySelectorAll("[data-waive]")].some(isGiven)) return true;
  const ways = item.querySelector(":scope > .ways");
  if (ways) return [...ways.children].some(isAnswered);
  const fields = item.matches("[data-field], .field") ? [item] : [...item.querySelectorAll(".give [data-field]")];
  return fields.length > 0 && fields.every((field) => answers(field).some(isGiven));
}

function count(form) {
  const left = form.querySelector("[data-left]");
  if (!left) return;
  const open = [];
  for (const item of form.querySelectorAll("[data-open-item]")) {
    const given = isAnswered(item);
    item.classList.toggle("given", given);
    if (!given) open.push(item);
  }
  const text = open.length ? left.dataset.says.replace("{n}", open.length) : left.dataset.ready;
  if (left.textContent !== text) left.textContent = text;
  left.disabled = !open.length;
}

function showNext(form) {
  const item = form.querySelector("[data-open-item]:not(.given)");
  item?.scrollIntoView({ block: "center" });
  item?.querySelector(".input, .button, select, input:not([type=hidden])")?.focus();
}

export function startGate() {
  const recount = () => {
    const form = document.querySelector("form[data-gate]");
    if (form) count(form);
  };
  for (const name of ["input", "change", "htmx:after:swap", "sluice:uploaded"]) document.addEventListener(name, recount);
  document.addEventListener("click", (event) => {
    const left = event.target.closest("[data-left]");
    if (left) showNext(left.form);
  });
}
