// Which records were open in this browser, as "customer:3", the last first. Only their numbers are kept, for each person
// apart: what they are called the server says anew, to whoever may see them.
const MOST = 8;
const key = () => `seen:${document.body.dataset.me ?? ""}`;

export function seen() {
  try {
    return JSON.parse(localStorage.getItem(key()) || "[]");
  } catch {
    return [];
  }
}

export function startSeen() {
  const here = document.querySelector("[data-seen]")?.dataset.seen;
  if (here) localStorage.setItem(key(), JSON.stringify([here, ...seen().filter((one) => one !== here)].slice(0, MOST)));
}
