// Ready phrases go in where the cursor stands.
export function start(root) {
  const area = document.getElementById(root.dataset.for);
  root.addEventListener("click", (event) => {
    const button = event.target.closest("[data-snippet]");
    if (!button || !area) return;
    root.removeAttribute("open");
    const text = button.dataset.snippet;
    const from = area.selectionStart ?? area.value.length;
    area.setRangeText(text, from, area.selectionEnd ?? from, "end");
    area.dispatchEvent(new Event("input", { bubbles: true }));
    area.focus();
  });
}
