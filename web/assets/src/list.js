// Select many: the bar for bulk changes follows the ticks.
export function start(root) {
  const all = root.querySelector("[data-all]");
  const bar = root.querySelector(".bulk");
  const ticks = () => [...root.querySelectorAll(".pickrow")].filter((tick) => tick.offsetParent);
  const draw = () => {
    const visible = ticks();
    const chosen = visible.filter((tick) => tick.checked);
    if (bar) {
      bar.hidden = chosen.length === 0;
      bar.querySelector("[data-count]").textContent = String(chosen.length);
    }
    if (all) {
      all.checked = chosen.length > 0 && chosen.length === visible.length;
      all.indeterminate = chosen.length > 0 && chosen.length < visible.length;
    }
  };
  all?.addEventListener("change", () => {
    ticks().forEach((tick) => (tick.checked = all.checked));
    draw();
  });
  root.addEventListener("change", draw);
  // The bar shows the one value that belongs to what is changed.
  const what = root.querySelector("[data-bulk-what]");
  what?.addEventListener("change", () => {
    for (const value of root.querySelectorAll("[data-bulk-for]")) value.hidden = value.dataset.bulkFor !== what.value;
  });
  // The table and the cards of the phone hold the same boxes; only those one sees are sent.
  root.querySelector("form[data-bulk]")?.addEventListener("submit", () => {
    for (const tick of root.querySelectorAll(".pickrow")) tick.disabled = !tick.offsetParent;
  });
  draw();
}
