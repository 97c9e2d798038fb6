// A combobox over a search endpoint (ARIA 1.2: input with a listbox, the focus stays in the input).
import { openToPick } from "./dialogs.js";
import { ask } from "./send.js";
import { say } from "./words.js";

let serial = 0;

export function start(root) {
  const input = root.querySelector("input[role=combobox]");
  const hidden = root.querySelector("input[type=hidden]");
  const clear = root.querySelector("[data-clear]");
  const list = document.createElement("div");
  const prefix = `lookup-${++serial}`;
  list.className = "list";
  list.id = `${prefix}-list`;
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", input.getAttribute("aria-label") || root.closest(".field")?.querySelector(".label")?.innerText || say("选项"));
  list.hidden = true;
  root.append(list);
  input.setAttribute("aria-controls", list.id);

  let options = [];
  let create; // what may be added where nothing fits: {label, href, parent}
  let active = -1;
  let timer = 0;
  let asked = 0;
  let chosen = input.value;

  const close = () => {
    list.hidden = true;
    active = -1;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  };
  const mark = (index) => {
    active = index;
    [...list.querySelectorAll("[role=option]")].forEach((node, i) => {
      node.setAttribute("aria-selected", String(i === index));
      if (i === index) {
        input.setAttribute("aria-activedescendant", node.id);
        node.scrollIntoView({ block: "nearest" });
      }
    });
  };
  const put = (option) => {
    hidden.value = option ? option.id : "";
    chosen = input.value = option ? option.title : "";
    if (clear) clear.hidden = !option;
  };
  const choose = (option) => {
    asked += 1; // whatever is still on its way comes too late
    clearTimeout(timer);
    put(option);
    close();
    hidden.dispatchEvent(new Event("input", { bubbles: true }));
    hidden.dispatchEvent(new Event("change", { bubbles: true }));
  };
  /** The form for a new one opens over this form; a part gets the parent that this form has chosen. */
  const add = () => {
    close();
    const address = new URL(create.href, location.href);
    const above = create.parent && root.closest("form")?.querySelector(`[data-target="${CSS.escape(create.parent)}"] input[type=hidden]`);
    if (above?.value) address.searchParams.set(create.parent, above.value);
    openToPick(address.pathname + address.search, (made) => {
      choose(made);
      input.focus();
    });
  };
  const take = (option) => (option.adds ? add() : choose(option));
  const draw = () => {
    list.replaceChildren();
    options.forEach((option, i) => {
      const node = document.createElement("div");
      node.setAttribute("role", "option");
      node.id = `${prefix}-${i}`;
      node.append(option.title);
      if (option.subtitle) {
        const small = document.createElement("small");
        small.textContent = option.subtitle;
        node.append(small);
      }
      node.addEventListener("pointerdown", (event) => {
        event.preventDefault();
        take(option);
      });
      if (option.adds) node.className = "adds";
      list.append(node);
    });
    if (!options.some((option) => !option.adds)) {
      const none = document.createElement("div");
      none.className = "none";
      none.setAttribute("role", "option");
      none.setAttribute("aria-disabled", "true");
      none.textContent = say("没有找到");
      list.prepend(none);
    }
    list.hidden = false;
    input.setAttribute("aria-expanded", "true");
    if (options.length && !options[0].adds) mark(0);
  };
  const search = async () => {
    const mine = ++asked;
    const text = input.value === chosen ? "" : input.value;
    const address = new URL(root.dataset.source, location.href);
    address.searchParams.set("q", text.trim());
    try {
      const found = await ask(address);
      if (mine !== asked || document.activeElement !== input) return;
      create = found.create;
      const added = text.trim() ? `${create?.label}「${text.trim()}」` : create?.label;
      options = create ? [...found.items, { title: added, adds: true }] : found.items;
      draw();
    } catch {
      close();
    }
  };

  input.addEventListener("input", () => {
    hidden.value = "";
    clearTimeout(timer);
    timer = setTimeout(search, 140);
  });
  input.addEventListener("focus", () => {
    if (input.value === "") search();
  });
  input.addEventListener("click", () => list.hidden && search());
  input.addEventListener("blur", () => {
    close();
    if (input.value.trim() === "") {
      if (hidden.value || chosen) choose(null);
    } else if (!hidden.value && chosen && input.value === chosen) {
      hidden.value = hidden.defaultValue;
    }
  });
  input.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (list.hidden) search();
      else if (options.length) mark((active + (event.key === "ArrowDown" ? 1 : options.length - 1)) % options.length);
    } else if (event.key === "Enter" && !list.hidden && options[active]) {
      event.preventDefault();
      take(options[active]);
    } else if (event.key === "Escape" && !list.hidden) {
      event.preventDefault();
      event.stopPropagation();
      input.value = chosen;
      close();
    }
  });
  // What the field's default says, while nobody has chosen.
  root.addEventListener("sluice:filled", (event) => put(event.detail.id ? event.detail : null));
  clear?.addEventListener("click", () => {
    choose(null);
    input.focus();
  });
}
