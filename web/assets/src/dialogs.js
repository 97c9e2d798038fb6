// Dialogs come from the server as fragments into #dialog (or, opened over a dialog, into the next one).
import htmx from "htmx.org";
import { token } from "./send.js";

const IDS = ["dialog", "dialog-2", "dialog-3"];
const all = () => IDS.map((id) => document.getElementById(id)).filter(Boolean);
const slot = () => all().find((dialog) => !dialog.open) ?? all()[IDS.length - 1];
const top = () => all().filter((dialog) => dialog.open).pop();

const picks = new Map(); // dialog → who waits for the record that is made in it

export function openDialog(address) {
  const dialog = slot();
  return htmx.ajax("GET", address, { target: `#${dialog.id}`, swap: "innerHTML" });
}

/** A form over whatever is open; `picked` gets {id, title} of the record made in it. */
export function openToPick(address, picked) {
  picks.set(slot(), picked);
  return openDialog(address);
}

export function postToDialog(address, values) {
  return htmx.ajax("POST", address, {
    target: "#dialog",
    swap: "innerHTML",
    values,
    headers: { "X-CSRF-Token": token() },
  });
}

const empty = (input) => !input.value && input.offsetParent;

function show(dialog) {
  const title = dialog.querySelector("h2");
  if (title) title.id = `${dialog.id}-title`;
  if (!dialog.open) dialog.showModal();
  const inputs = [...dialog.querySelectorAll(".body input:not([type=hidden]):not([type=file]):not([type=radio]):not([type=checkbox]), .body textarea, .body select")];
  const first = dialog.querySelector("[aria-invalid='true']") ?? inputs.find((input) => empty(input) && input.getAttribute("aria-required")) ?? inputs.find(empty);
  if (first && !dialog.contains(document.activeElement?.closest(".body"))) first.focus();
}

export function closeDialogs() {
  for (const dialog of all().reverse()) dialog.close();
}

export function startDialogs() {
  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-dialog], [data-dialog-wide]");
    // On the phone a form is a page of its own, which also keeps what is typed.
    if (opener && (opener.dataset.dialog !== undefined || innerWidth > 760)) {
      event.preventDefault();
      opener.closest("details.menu")?.removeAttribute("open");
      openDialog(opener.dataset.dialog || opener.dataset.dialogWide || opener.href);
    }
    const local = event.target.closest("[data-opens]");
    if (local) document.getElementById(local.dataset.opens)?.showModal();
    const closer = event.target.closest("[data-close]");
    if (closer) closer.closest("dialog")?.close();
    if (event.target.tagName === "DIALOG" && event.target.open && event.target.dataset.easy !== undefined) event.target.close();
  });
  document.addEventListener("htmx:after:swap", () => {
    for (const dialog of all()) {
      if (dialog.childElementCount && !dialog.dataset.closing) show(dialog);
    }
  });
  for (const dialog of all()) {
    dialog.addEventListener("close", () => {
      dialog.replaceChildren();
      picks.delete(dialog);
    });
  }
  // The server says when a dialog has done its work.
  document.addEventListener("sluice:close", () => closeDialogs());
  document.addEventListener("sluice:added-record", (event) => {
    const made = top();
    const picked = picks.get(made);
    made?.close();
    if (picked) {
      picked(event.detail);
      return;
    }
    const again = document.querySelector("#dialog [data-judge-again]");
    if (again) again.click();
    else location.reload();
  });
}
