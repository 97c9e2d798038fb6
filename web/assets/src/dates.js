// A date is typed (2026-11-21, 11-21, 21, 明天, 下周一) or picked; the calendar speaks the page's language.
import { say } from "./words.js";

const language = document.documentElement.lang || "zh";
const pad = (n) => String(n).padStart(2, "0");
export const iso = (day) => `${day.getFullYear()}-${pad(day.getMonth() + 1)}-${pad(day.getDate())}`;
const plus = (day, n) => new Date(day.getFullYear(), day.getMonth(), day.getDate() + n);

export function readDay(text, today) {
  const plain = text.trim().toLowerCase().replace(/[０-９]/g, (c) => String.fromCharCode(c.charCodeAt(0) - 0xfee0));
  const words = { 今天: 0, today: 0, 明天: 1, tomorrow: 1, 后天: 2, 昨天: -1, yesterday: -1 };
  if (plain in words) return plus(today, words[plain]);
  const week = plain.match(/^(下?)(?:周|星期|礼拜)([一二三四五六日天])$/);
  if (week) {
    const target = "一二三四五六日".indexOf(week[2] === "天" ? "日" : week[2]);
    const monday = plus(today, -((today.getDay() + 6) % 7));
    return plus(monday, target + (week[1] ? 7 : 0));
  }
  const later = plain.match(/^\+?(\d{1,3})\s*(?:天后|天|d|days?)$/);
  if (later) return plus(today, Number(later[1]));
  const parts = plain.match(/^(?:(\d{4})[-/.年])?(?:(\d{1,2})[-/.月])?(\d{1,2})日?$/);
  if (!parts || (parts[1] && !parts[2])) return null;
  const year = parts[1] ? Number(parts[1]) : today.getFullYear();
  const month = parts[2] ? Number(parts[2]) - 1 : today.getMonth();
  const day = new Date(year, month, Number(parts[3]));
  return day.getMonth() === month && day.getDate() === Number(parts[3]) ? day : null;
}

export function start(root) {
  const input = root.querySelector("input");
  const button = root.querySelector("button");
  const now = document.body.dataset.today ? new Date(`${document.body.dataset.today}T00:00`) : new Date();
  let calendar;
  let shown;

  const settle = () => {
    const day = input.value.trim() && readDay(input.value, now);
    if (day) input.value = iso(day);
  };
  const put = (day) => {
    input.value = iso(day);
    close();
    input.dispatchEvent(new Event("input", { bubbles: true }));
    input.focus();
  };
  const close = () => {
    calendar?.remove();
    calendar = undefined;
    button.setAttribute("aria-expanded", "false");
  };
  const draw = (focusDay) => {
    const chosen = readDay(input.value, now);
    const first = new Date(shown.getFullYear(), shown.getMonth(), 1);
    const start = plus(first, -((first.getDay() + 6) % 7));
    calendar.replaceChildren();
    const head = document.createElement("div");
    head.className = "head";
    const title = document.createElement("strong");
    title.setAttribute("aria-live", "polite");
    title.textContent = new Intl.DateTimeFormat(language, { year: "numeric", month: "long" }).format(shown);
    const turn = (label, by, text) => {
      const node = document.createElement("button");
      node.type = "button";
      node.className = "button quiet mini";
      node.setAttribute("aria-label", label);
      node.textContent = text;
      node.addEventListener("click", () => {
        shown = new Date(shown.getFullYear(), shown.getMonth() + by, 1);
        draw();
      });
      return node;
    };
    head.append(turn(say("上个月"), -1, "‹"), title, turn(say("下个月"), 1, "›"));
    const table = document.createElement("table");
    const names = document.createElement("tr");
    for (let i = 0; i < 7; i += 1) {
      const cell = document.createElement("th");
      cell.scope = "col";
      cell.textContent = new Intl.DateTimeFormat(language, { weekday: "narrow" }).format(plus(start, i));
      names.append(cell);
    }
    table.append(names);
    for (let week = 0; week < 6; week += 1) {
      const row = document.createElement("tr");
      for (let i = 0; i < 7; i += 1) {
        const day = plus(start, week * 7 + i);
        const node = document.createElement("button");
        node.type = "button";
        node.textContent = String(day.getDate());
        node.dataset.day = iso(day);
        node.tabIndex = -1;
        node.setAttribute("aria-label", new Intl.DateTimeFormat(language, { dateStyle: "full" }).format(day));
        node.setAttribute("aria-pressed", String(Boolean(chosen) && iso(chosen) === iso(day)));
        node.classList.toggle("other", day.getMonth() !== shown.getMonth());
        node.classList.toggle("today", iso(day) === iso(now));
        node.addEventListener("click", () => put(day));
        row.insertCell().append(node);
      }
      table.append(row);
    }
    const quick = document.createElement("div");
    quick.className = "quick";
    for (const [text, days] of [[say("今天"), 0], [say("明天"), 1], [say("一周后"), 7]]) {
      const node = document.createElement("button");
      node.type = "button";
      node.className = "button mini quiet";
      node.textContent = text;
      node.addEventListener("click", () => put(plus(now, days)));
      quick.append(node);
    }
    calendar.append(head, table, quick);
    const target = calendar.querySelector(`[data-day="${iso(focusDay ?? chosen ?? now)}"]`) ?? calendar.querySelector("[data-day]");
    target.tabIndex = 0;
    if (focusDay) target.focus();
  };
  const open = () => {
    calendar = document.createElement("div");
    calendar.className = "calendar";
    calendar.setAttribute("role", "dialog");
    calendar.setAttribute("aria-label", say("选择日期"));
    root.append(calendar);
    shown = readDay(input.value, now) ?? now;
    draw(shown);
    button.setAttribute("aria-expanded", "true");
    calendar.addEventListener("keydown", (event) => {
      const from = event.target.dataset.day;
      const by = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -7, ArrowDown: 7, PageUp: -30, PageDown: 30 }[event.key];
      if (event.key === "Escape") {
        event.preventDefault();
        event.stopPropagation();
        close();
        input.focus();
      } else if (from && by) {
        event.preventDefault();
        const day = plus(new Date(`${from}T00:00`), by);
        shown = day;
        draw(day);
      }
    });
  };
  input.addEventListener("change", settle);
  button.addEventListener("click", () => (calendar ? close() : open()));
  document.addEventListener("pointerdown", (event) => {
    if (calendar && !root.contains(event.target)) close();
  });
}
