// On the phone's keyboard Enter goes on to the next field, as its key says; a form is sent by its button alone.
const FORMS = "form[data-record-form], form[data-gate], form[data-card]";
const FIELDS = ".input:not([type=hidden]), textarea, select";

export function startOnwards() {
  document.addEventListener("keydown", (event) => {
    const from = event.target;
    if (event.key !== "Enter" || event.isComposing || event.defaultPrevented || !matchMedia("(hover: none)").matches) return;
    if (from.getAttribute?.("enterkeyhint") !== "next" || from.getAttribute("aria-expanded") === "true") return;
    const form = from.closest(FORMS);
    if (!form) return;
    event.preventDefault();
    const fields = [...form.querySelectorAll(FIELDS)].filter((field) => field.checkVisibility());
    const next = fields[fields.indexOf(from) + 1];
    if (next) next.focus();
    else from.blur();
  });
}
