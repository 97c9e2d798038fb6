// Computed values arrive as partials; which fields are shown, required and filled arrives as the event `sluice:states`.
function wrapper(form, key) {
  return form.querySelector(`[data-field="${CSS.escape(key)}"]`);
}

const untouched = (form, key) => form.querySelector(`[data-untouched][value="${CSS.escape(key)}"]`);

/** A field that nobody typed in takes what its default says now. Its own event is none: the answer counted it already. */
function fill(form, key, raw) {
  if (!untouched(form, key)) return;
  if (raw?.title !== undefined) {
    const picked = form.querySelector(`[data-island=lookup]:has(> .affix > input[type=hidden][name="${CSS.escape(key)}"])`);
    if (picked && !picked.contains(document.activeElement)) picked.dispatchEvent(new CustomEvent("sluice:filled", { detail: raw }));
    return;
  }
  const controls = [...form.querySelectorAll(`[name="${CSS.escape(key)}"]`)];
  for (const control of controls) {
    if (control.type === "radio" || control.type === "checkbox") {
      control.checked = Array.isArray(raw) ? raw.includes(control.value) : control.value === raw;
    } else if (control !== document.activeElement && typeof raw === "string" && control.value !== raw) {
      control.value = raw;
    }
  }
}

export function startPreview() {
  document.addEventListener("input", (event) => {
    // The attribute: an event of the whole form has the form as its target, whose `name` is its control of that name.
    const form = event.target.closest?.("form[data-record-form]");
    const name = form && event.target.getAttribute("name");
    if (name) untouched(form, name.replace(/__text$/, ""))?.remove();
  });
  document.addEventListener("sluice:states", (event) => {
    const form = event.target.closest?.("form[data-record-form]") ?? document.querySelector("form[data-record-form]");
    if (!form) return;
    for (const [key, isShown] of Object.entries(event.detail.shown ?? {})) {
      const field = wrapper(form, key);
      if (field) field.hidden = !isShown;
    }
    for (const [key, isRequired] of Object.entries(event.detail.required ?? {})) {
      const mark = wrapper(form, key)?.querySelector(".must");
      if (mark) mark.hidden = !isRequired;
    }
    for (const [key, raw] of Object.entries(event.detail.filled ?? {})) fill(form, key, raw);
  });
}
