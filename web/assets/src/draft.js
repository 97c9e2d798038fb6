// What is typed stays in this browser until it is saved, and is offered back after a lost session or a closed tab.
const KEPT_FOR = 14 * 86400e3;

function read(form) {
  const values = {};
  for (const [name, value] of new FormData(form)) {
    if (name === "csrf_token" || name === "version" || typeof value !== "string") continue;
    (values[name] ??= []).push(value);
  }
  return values;
}

/** Uploads that the form holds: they are on the server already, under a number. */
const uploads = (form) =>
  [...form.querySelectorAll(".file")]
    .map((node) => [node.querySelector("input[type=hidden]"), node.querySelector("[data-name]")?.textContent])
    .filter(([input]) => input)
    .map(([input, title]) => ({ name: input.name, id: input.value, title }));

/** The values as text, to compare: every new form has a key of its own. */
const told = ({ __key: own, ...values }) => JSON.stringify(values);

const keep = (key, form) => localStorage.setItem(key, JSON.stringify({ at: Date.now(), values: read(form), uploads: uploads(form) }));

export function start(form) {
  const key = `draft:${form.dataset.draft}`;
  const offer = form.querySelector("[data-draft-offer]");
  const opened = told(read(form));
  let isDirty = false;

  for (const old of Object.keys(localStorage)) {
    if (!old.startsWith("draft:")) continue;
    try {
      if (Date.now() - JSON.parse(localStorage[old]).at > KEPT_FOR) localStorage.removeItem(old);
    } catch {
      localStorage.removeItem(old);
    }
  }
  const saved = localStorage.getItem(key) && JSON.parse(localStorage.getItem(key));
  if (saved && offer && form.dataset.refused !== "yes" && told(saved.values) !== opened) {
    offer.hidden = false;
    offer.querySelector("[data-when]").textContent = new Date(saved.at).toLocaleString(document.documentElement.lang);
    offer.querySelector("[data-take]").addEventListener("click", () => {
      put(form, saved);
      offer.hidden = true;
    });
    offer.querySelector("[data-drop]").addEventListener("click", () => {
      localStorage.removeItem(key);
      offer.hidden = true;
    });
  }
  let timer = 0;
  form.addEventListener("input", () => {
    isDirty = true;
    clearTimeout(timer);
    timer = setTimeout(() => {
      if (told(read(form)) === opened) localStorage.removeItem(key);
      else keep(key, form);
    }, 400);
  });
  form.addEventListener("submit", () => {
    isDirty = false;
    clearTimeout(timer);
    // Kept until the server has taken it: the next page says so, or the dialog's end.
    sessionStorage.setItem("draft-sent", key);
    keep(key, form);
  });
  // Whoever cancels a dialog wants none of it; whoever only closes it may come back.
  form.querySelector("[data-drop-draft]")?.addEventListener("click", () => {
    clearTimeout(timer);
    localStorage.removeItem(key);
  });
  addEventListener("beforeunload", (event) => {
    if (isDirty && !form.closest("dialog")) event.preventDefault();
  });
}

function put(form, { values, uploads: held = [] }) {
  for (const name of Object.keys(values)) {
    const [table, row, field] = name.split(".");
    if (field) form.querySelector(`[data-rows-of="${CSS.escape(table)}"]`)?.dispatchEvent(new CustomEvent("sluice:wants-row", { detail: Number(row) }));
  }
  for (const { name, id, title } of held) hold(form, name, id, title);
  for (const [name, texts] of Object.entries(values)) {
    const inputs = [...form.querySelectorAll(`[name="${CSS.escape(name)}"]`)];
    inputs.forEach((input, i) => {
      if (input.type === "checkbox" || input.type === "radio") input.checked = texts.includes(input.value);
      else if (input.type !== "file" && texts[i] !== undefined) input.value = texts[i];
    });
  }
  for (const box of form.querySelectorAll("input[type=checkbox]")) {
    if (!(box.name in values)) box.checked = false;
  }
  form.dispatchEvent(new Event("input", { bubbles: true }));
}

/** An upload of before, back in its place, unless the form has it already. */
function hold(form, name, id, title) {
  const box = form.querySelector(`[data-island=upload][data-name="${CSS.escape(name)}"]`);
  if (!box || box.querySelector(`input[type=hidden][value="${CSS.escape(id)}"]`)) return;
  const node = box.querySelector("template").content.firstElementChild.cloneNode(true);
  node.querySelector("progress")?.remove();
  node.querySelector("[data-name]").textContent = title;
  const input = document.createElement("input");
  Object.assign(input, { type: "hidden", name, value: id });
  node.append(input);
  if (box.dataset.many !== "yes") box.querySelector("[data-files]").replaceChildren();
  box.querySelector("[data-files]").append(node);
}
