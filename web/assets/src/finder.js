// The search box: results while one types, arrow keys to walk them, Enter opens the first. Empty, it shows what was open.
import { seen } from "./seen.js";

export function start(form) {
  const input = form.querySelector("input");
  const panel = form.querySelector("[data-panel]");
  const isPage = !panel.classList.contains("beneath");
  let asked = 0;
  let timer = 0;
  let shown = isPage && input.value ? input.value.trim() : null; // the words whose results stand in the panel

  const links = () => [...panel.querySelectorAll("a")];
  const close = () => {
    if (!isPage) panel.hidden = true;
  };
  const search = async () => {
    clearTimeout(timer);
    const text = input.value.trim();
    if (text === shown) {
      panel.hidden = false;
      return;
    }
    const mine = ++asked;
    const address = new URL(form.dataset.found, location.href);
    if (text) address.searchParams.set("q", text);
    else address.searchParams.set("seen", seen().join(","));
    const answer = await fetch(address, { headers: { "HX-Request": "true" } });
    if (mine !== asked || !answer.ok) return;
    panel.innerHTML = await answer.text();
    shown = text;
    panel.hidden = false;
  };

  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(search, 90);
  });
  input.addEventListener("focus", search);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (!input.value.trim()) return;
    await search();
    const first = panel.querySelector("a");
    if (first) first.click();
  });
  form.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (by) {
      const all = links();
      const at = all.indexOf(document.activeElement);
      event.preventDefault();
      if (at + by < 0) input.focus();
      else all[Math.min(all.length - 1, at + by)]?.focus();
    } else if (event.key === "Escape") {
      close();
      if (document.activeElement !== input) input.focus();
      else input.blur();
    } else if (event.key.length === 1 && !event.ctrlKey && !event.metaKey && document.activeElement !== input) {
      input.focus();
    }
  });
  form.addEventListener("focusout", (event) => {
    if (!form.contains(event.relatedTarget)) setTimeout(() => form.contains(document.activeElement) || close(), 120);
  });
  if (document.activeElement === input || (isPage && !input.value)) search();
}
