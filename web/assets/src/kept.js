// What is typed while a form is on its way to be drawn anew stays: the answer knows only what stood there when it was sent.
const isTick = (control) => control.type === "checkbox" || control.type === "radio";
const keyOf = (control) => (isTick(control) ? `${control.name}=${control.value}` : control.name);
const stateOf = (control) => (isTick(control) ? control.checked : control.value);
const controlsOf = (form) => [...form.elements].filter((one) => one.name && !["hidden", "submit", "file"].includes(one.type));

export function startKept() {
  document.addEventListener("htmx:before:request", ({ detail: { ctx } }) => {
    const form = ctx.sourceElement;
    if (form?.matches?.("form[data-keeps-typed]")) ctx.sent = new Map(controlsOf(form).map((one) => [keyOf(one), stateOf(one)]));
  });
  document.addEventListener("htmx:before:swap", ({ detail: { ctx } }) => {
    if (!ctx.sent) return;
    const form = ctx.sourceElement;
    const since = controlsOf(form).filter((one) => ctx.sent.has(keyOf(one)) && ctx.sent.get(keyOf(one)) !== stateOf(one));
    ctx.typed = new Map(since.map((one) => [keyOf(one), { type: one.type, state: stateOf(one) }]));
    ctx.formId = form.id;
  });
  document.addEventListener("htmx:after:swap", ({ detail: { ctx } }) => {
    const form = ctx.typed?.size ? document.getElementById(ctx.formId) : null;
    for (const control of form ? controlsOf(form) : []) {
      const typed = ctx.typed.get(keyOf(control));
      if (typed?.type === control.type) control[isTick(control) ? "checked" : "value"] = typed.state;
    }
  });
}
