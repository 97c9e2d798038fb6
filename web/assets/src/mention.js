// "@" in a comment offers the people who may see the record; the one chosen goes along by number, so namesakes differ.
import { ask } from "./send.js";
import { say } from "./words.js";

export function start(area) {
  const list = document.createElement("div");
  list.className = "list mentions";
  list.id = `${area.id}-people`;
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", say("提到谁"));
  list.hidden = true;
  area.after(list);
  area.setAttribute("aria-controls", list.id);
  let people = [];
  let active = 0;
  let asked = 0;

  /** What stands between the "@" before the cursor and the cursor; null when no name is being written. */
  const wanted = () => /@([^\s@，。,.]{0,20})$/.exec(area.value.slice(0, area.selectionStart))?.[1] ?? null;
  const close = () => {
    list.hidden = true;
    area.removeAttribute("aria-activedescendant");
  };
  const mark = (at) => {
    active = at;
    [...list.children].forEach((node, i) => node.setAttribute("aria-selected", String(i === at)));
    area.setAttribute("aria-activedescendant", list.children[at].id);
  };
  const choose = (person) => {
    const end = area.selectionStart;
    area.setRangeText(`@${person.title} `, end - wanted().length - 1, end, "end");
    const field = document.createElement("input");
    Object.assign(field, { type: "hidden", name: "meant", value: person.id });
    area.form.append(field);
    close();
    area.focus();
  };
  const draw = () => {
    list.replaceChildren(
      ...people.map((person, i) => {
        const node = document.createElement("div");
        node.id = `${list.id}-${i}`;
        node.setAttribute("role", "option");
        const small = document.createElement("small");
        small.textContent = person.subtitle;
        node.append(person.title, small);
        node.addEventListener("pointerdown", (event) => {
          event.preventDefault();
          choose(person);
        });
        return node;
      }),
    );
    list.hidden = !people.length;
    if (people.length) mark(0);
  };
  const offer = async () => {
    const mine = ++asked;
    const text = wanted();
    if (text === null) return close();
    const address = new URL(area.dataset.audience, location.href);
    address.searchParams.set("q", text);
    const found = await ask(address).catch(() => ({ items: [] }));
    if (mine !== asked || wanted() === null) return;
    people = found.items;
    draw();
  };
  area.addEventListener("input", offer);
  offer(); // what was typed before this part of the page had come
  area.addEventListener("keydown", (event) => {
    if (list.hidden || event.isComposing) return;
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (by) mark((active + by + people.length) % people.length);
    else if ((event.key === "Enter" && !event.ctrlKey) || event.key === "Tab") choose(people[active]);
    else if (event.key === "Escape") close();
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  area.addEventListener("blur", close);
}
