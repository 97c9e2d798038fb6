// Charts: drawn from the same figures as the table beside them; a click leads to the records behind a bar.
import { BarChart, HeatmapChart, ScatterChart } from "echarts/charts";
import { GridComponent, LegendComponent, TooltipComponent, VisualMapComponent } from "echarts/components";
import { init, use } from "echarts/core";
import { CanvasRenderer } from "echarts/renderers";
import { toast } from "./toasts.js";
import { say } from "./words.js";

use([BarChart, HeatmapChart, ScatterChart, GridComponent, LegendComponent, TooltipComponent, VisualMapComponent, CanvasRenderer]);

/** The colours of the page's own tokens, as they stand now: light, dark or on paper. */
function colours() {
  const probe = document.createElement("span");
  probe.style.transition = "none"; // else the colour is still the one before while it changes, and every bar is black
  document.body.append(probe);
  const found = {};
  for (const name of ["ink", "ink-2", "ink-3", "line", "surface", "sunken", "accent", "accent-soft", "bar-ok", "bar-warn", "bar-bad"]) {
    probe.style.color = `var(--${name})`;
    found[name] = getComputedStyle(probe).color;
  }
  probe.remove();
  return found;
}

const tall = (count) => Math.max(150, count * 30 + 56);
const short = (text) => (text.length > 9 ? `${text.slice(0, 8)}…` : text);

function common(c) {
  return {
    animation: false,
    aria: { enabled: false },
    textStyle: { fontFamily: getComputedStyle(document.body).fontFamily, color: c.ink },
    // Drawn on the canvas: markup with styles of its own is what the page's policy forbids.
    tooltip: { renderMode: "richText", confine: true, backgroundColor: c.surface, borderColor: c.line, textStyle: { color: c.ink, fontSize: 13 } },
  };
}

const names = (bars, c) => ({
  type: "category",
  inverse: true,
  data: bars.map((bar) => bar.name),
  axisLine: { show: false },
  axisTick: { show: false },
  axisLabel: { color: c["ink-2"], formatter: short },
});
const amounts = (c, name = "") => ({ type: "value", name, minInterval: 1, splitLine: { lineStyle: { color: c.line } }, axisLabel: { color: c["ink-3"], hideOverlap: true }, nameTextStyle: { color: c["ink-3"] } });
const grid = { left: 4, right: 84, top: 30, bottom: 4, outerBoundsMode: "same", outerBoundsContain: "axisLabel" };
const legend = (c, data) => ({ top: 0, left: 0, itemWidth: 12, itemHeight: 9, textStyle: { color: c["ink-2"] }, data });

function funnel({ bars, labels }, c) {
  const label = { show: true, position: "right", color: c["ink-2"], formatter: ({ dataIndex: at }) => `${bars[at].now}${bars[at].note ? `  ${bars[at].note}` : ""}` };
  return {
    legend: legend(c, [labels.now, labels.entered]),
    grid,
    xAxis: amounts(c),
    yAxis: names(bars, c),
    tooltip: { ...common(c).tooltip, trigger: "axis", axisPointer: { type: "shadow" } },
    series: [
      { name: labels.entered, type: "bar", barWidth: "74%", itemStyle: { color: c["accent-soft"] }, data: bars.map((bar) => bar.entered) },
      { name: labels.now, type: "bar", barWidth: "44%", barGap: "-80%", z: 3, itemStyle: { color: c.accent }, label, data: bars.map((bar) => bar.now) },
    ],
  };
}

function dwell({ bars, labels }, c) {
  const over = (bar) => bar.limit !== null && bar.half > bar.limit;
  return {
    legend: legend(c, [labels.half, labels.most, labels.limit]),
    grid: { ...grid, right: 24 },
    xAxis: amounts(c, labels.unit),
    yAxis: names(bars, c),
    tooltip: { ...common(c).tooltip, trigger: "axis", axisPointer: { type: "shadow" } },
    series: [
      { name: labels.most, type: "bar", barWidth: "66%", itemStyle: { color: c["accent-soft"] }, data: bars.map((bar) => bar.most) },
      { name: labels.half, type: "bar", barWidth: "36%", barGap: "-77%", z: 3, itemStyle: { color: c.accent }, data: bars.map((bar) => ({ value: bar.half, itemStyle: over(bar) ? { color: c["bar-bad"] } : undefined })) },
      { name: labels.limit, type: "scatter", z: 5, symbol: "rect", symbolSize: [3, 20], itemStyle: { color: c.ink }, data: bars.map((bar, at) => [bar.limit ?? "-", at]) },
    ],
  };
}

function bands({ bars, labels }, c) {
  const tone = { ok: c["bar-ok"], warn: c["bar-warn"], bad: c["bar-bad"] };
  return {
    grid: { ...grid, top: 6 },
    xAxis: amounts(c),
    yAxis: names(bars, c),
    tooltip: { ...common(c).tooltip, trigger: "axis", axisPointer: { type: "shadow" } },
    series: [
      {
        name: labels.now, type: "bar", barWidth: "60%",
        data: bars.map((bar) => ({ value: bar.now, itemStyle: { color: tone[bar.tone] ?? c.accent } })),
        label: { show: true, position: "right", color: c["ink-2"], formatter: ({ dataIndex: at }) => `${bars[at].now}  ${bars[at].note}` },
      },
    ],
  };
}

/** A cell is as red as it is over the standard; where there is none, it stays plain. */
function heat({ cells, stages, parts, labels }, c) {
  const axis = { axisLine: { show: false }, axisTick: { show: false }, axisLabel: { color: c["ink-2"], interval: 0, formatter: short } };
  return {
    grid: { left: 4, right: 8, top: 6, bottom: 34, outerBoundsMode: "same", outerBoundsContain: "axisLabel" },
    xAxis: { type: "category", data: stages, position: "top", ...axis, axisLabel: { ...axis.axisLabel, hideOverlap: true } },
    yAxis: { type: "category", inverse: true, data: parts, ...axis },
    visualMap: { type: "piecewise", orient: "horizontal", left: 0, bottom: 0, itemWidth: 12, itemHeight: 9, textStyle: { color: c["ink-2"] }, dimension: 2,
      pieces: [{ lte: 0.7, color: c["accent-soft"], label: "≤ 0.7" }, { gt: 0.7, lte: 1, color: c.sunken, label: "0.7–1" }, { gt: 1, lte: 1.5, color: c["bar-warn"], label: "1–1.5" }, { gt: 1.5, color: c["bar-bad"], label: `> 1.5 × ${labels.ratio}` }] },
    tooltip: { ...common(c).tooltip, formatter: ({ data }) => `${parts[data.value[1]]} · ${stages[data.value[0]]}\n${data.days} ${labels.unit}` },
    series: [
      { type: "heatmap", data: cells.map((cell) => ({ value: [...cell.at, cell.ratio ?? 0], days: cell.days })), itemStyle: { borderColor: c.surface, borderWidth: 2, borderRadius: 4 },
        label: { show: innerWidth > 760, formatter: ({ data }) => String(data.days), color: c.ink } },
    ],
  };
}

const drawn = { funnel, dwell, bands, heat };

export function start(element) {
  const data = JSON.parse(element.dataset.chart);
  const rows = data.bars ?? data.parts;
  if (!rows.length) {
    element.hidden = true;
    return;
  }
  element.style.height = `${tall(rows.length)}px`;
  const chart = init(element);
  const draw = () => {
    const c = colours();
    chart.setOption({ ...common(c), ...drawn[element.dataset.kind](data, c) }, true);
  };
  draw();
  chart.on("click", ({ dataIndex: at }) => {
    const href = (data.bars ?? data.cells)[at]?.href;
    if (href) location.assign(href);
  });
  new ResizeObserver(() => chart.resize()).observe(element);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
  for (const name of ["beforeprint", "afterprint"]) addEventListener(name, () => setTimeout(draw, 0));
}

// --- the table: copied with tabs, as a spreadsheet takes it; the page on paper -----------------------------------------

document.addEventListener("click", async (event) => {
  if (event.target.closest("[data-print]")) print();
  const id = event.target.closest("[data-copy-table]")?.dataset.copyTable;
  if (!id) return;
  const rows = [...document.getElementById(id).rows].map((row) => [...row.cells].map((cell) => cell.textContent.trim()).join("\t"));
  await navigator.clipboard?.writeText(rows.join("\n"));
  toast(say("表格已复制"));
});
