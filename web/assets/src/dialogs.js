// Dialogs come from the server as fragments into #dialog (or, opened from a dialog, into #dialog-2).
import htmx from "htmx.org";
import { token } from "./send.js";

const slot = () => (document.getElementById("dialog").open ? document.getElementById("dialog-2") : document.getElementById("dialog"));

export function openDialog(address) {
  const dialog = slot();
  return htmx.ajax("GET", address, { target: `#${dialog.id}`, swap: "innerHTML" });
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
  for (const id of ["dialog-2", "dialog"]) document.getElementById(id)?.close();
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
    for (const id of ["dialog", "dialog-2"]) {
      const dialog = document.getElementById(id);
      if (dialog?.childElementCount && !dialog.dataset.closing) show(dialog);
    }
  });
  for (const id of ["dialog", "dialog-2"]) {
    document.getElementById(id)?.addEventListener("close", (event) => event.target.replaceChildren());
  }
  // The server says when a dialog has done its work.
  document.addEventListener("sluice:close", () => closeDialogs());
  document.addEventListener("sluice:added-record", () => {
    document.getElementById("dialog-2")?.close();
    const again = document.querySelector("#dialog [data-judge-again]");
    if (again) again.click();
    else location.reload();
  });
}
