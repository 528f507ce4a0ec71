// A menu that is searched by typing: one or many, its options at hand or asked for.

import { el, fresh, toast } from "./dom.js";

/**
 * @param {object} menu `id`, `many`, `chosen`, `needed` (it cannot be cleared), `placeholder`, `most`,
 *   `least` (letters before it asks), `options(query)` (a promise of options), `changed(chosen)`
 */
export function choice({ id, many, needed, chosen, placeholder, most, least, options, changed }) {
  let shown = [];
  let at = 0;
  let asking = 0;
  let timer = 0;
  const list = el("ul", { role: "listbox", id: fresh("list"), hidden: true });
  const chips = el("span", { className: "chips" });
  const field = el("input", {
    id,
    role: "combobox",
    autocomplete: "off",
    "aria-expanded": "false",
    "aria-controls": list.id,
    "aria-autocomplete": "list",
    placeholder,
  });
  const clear = el("button", { type: "button", className: "quiet", "aria-label": "Clear", hidden: true }, "×");

  const label = () => {
    if (!many) field.value = chosen[0]?.text ?? "";
    clear.hidden = many || needed || !chosen.length;
    chips.replaceChildren(
      ...(many ? chosen : []).map((option) =>
        el(
          "span",
          { className: "chip" },
          option.text,
          el("button", { type: "button", "aria-label": `Remove ${option.text}`, on: { click: () => pick(option) } }, "×"),
        ),
      ),
    );
  };
  const close = () => {
    list.hidden = true;
    field.setAttribute("aria-expanded", "false");
    field.removeAttribute("aria-activedescendant");
  };
  const same = (a, b) => (a.raw.value ?? a.raw) === (b.raw.value ?? b.raw);
  const pick = (option) => {
    if (!many) chosen = [option];
    else if (chosen.some((each) => same(each, option))) chosen = chosen.filter((each) => !same(each, option));
    else if (!most || chosen.length < most) chosen = [...chosen, option];
    if (many) field.value = "";
    close();
    label();
    changed(chosen);
  };
  const draw = (note) => {
    const items = shown.map((option, index) =>
      el(
        "li",
        {
          role: "option",
          id: `${list.id}-${index}`,
          "aria-selected": String(index === at),
          on: {
            mousedown: (event) => {
              event.preventDefault();
              pick(option);
            },
          },
        },
        option.text,
        option.about && el("span", { className: "about" }, option.about),
      ),
    );
    list.replaceChildren(...(items.length ? items : [el("li", { className: "note" }, note ?? "No results")]));
    list.hidden = false;
    field.setAttribute("aria-expanded", "true");
    if (items.length) {
      field.setAttribute("aria-activedescendant", `${list.id}-${at}`);
      items[at].scrollIntoView({ block: "nearest" });
    }
  };
  const ask = async (query) => {
    const turn = ++asking;
    if (query.length < least) {
      shown = [];
      draw(`Type at least ${least} letters`);
      return;
    }
    try {
      const found = await options(query);
      if (turn !== asking) return;
      shown = found;
      at = 0;
      if (document.activeElement === field) draw();
    } catch (error) {
      toast(String(error.message));
    }
  };

  // Opened by a click, a key or typing; not by the focus alone, which a form gives it unasked.
  field.addEventListener("focus", () => field.select());
  field.addEventListener("click", () => {
    if (list.hidden) ask("");
  });
  field.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(ask, 200, field.value);
  });
  field.addEventListener("blur", () => {
    close();
    label();
  });
  field.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && list.hidden) ask("");
    else if (step && shown.length) {
      at = (at + step + shown.length) % shown.length;
      draw();
    } else if (event.key === "Enter" && !list.hidden && shown.length) pick(shown[at]);
    else if (event.key === "Escape" && !list.hidden) close();
    else if (event.key === "Backspace" && many && !field.value && chosen.length) pick(chosen.at(-1));
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  clear.addEventListener("click", () => {
    chosen = [];
    label();
    changed(chosen);
  });
  label();
  return el("div", { className: "choice" }, chips, field, clear, list);
}
