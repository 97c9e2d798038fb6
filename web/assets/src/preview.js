// Computed values arrive as partials; which fields are shown and required arrives as the event `sluice:states`.
function wrapper(form, key) {
  return form.querySelector(`[data-field="${CSS.escape(key)}"]`);
}

export function startPreview() {
  document.addEventListener("sluice:states", (event) => {
    const form = document.querySelector("form[data-record-form]");
    if (!form) return;
    for (const [key, isShown] of Object.entries(event.detail.shown ?? {})) {
      const field = wrapper(form, key);
      if (field) field.hidden = !isShown;
    }
    for (const [key, isRequired] of Object.entries(event.detail.required ?? {})) {
      const mark = wrapper(form, key)?.querySelector(".must");
      if (mark) mark.hidden = !isRequired;
    }
  });
}
