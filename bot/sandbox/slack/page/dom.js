// Elements without innerHTML: text from outside is only ever text.

/**
 * Make an element.
 * @param {string} tag its name
 * @param {object} [with_] attributes; `on` holds listeners, `data` the data attributes
 * @param {...(Node|string|null|undefined|false|Array)} children what stands in it
 */
export function el(tag, with_ = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(with_)) {
    if (value === null || value === undefined || value === false) continue;
    if (name === "on") for (const [kind, run] of Object.entries(value)) made.addEventListener(kind, run);
    else if (name === "data") Object.assign(made.dataset, value);
    else if (name in PROPERTIES) made[name] = value;
    else made.setAttribute(name, value === true ? "" : String(value));
  }
  made.append(...children.flat(9).filter((child) => child || child === 0 || child === ""));
  return made;
}

const PROPERTIES = { value: 1, checked: 1, disabled: 1, hidden: 1, selected: 1, className: 1, open: 1 };

/** Find one element by id. */
export const byId = (id) => document.getElementById(id);

let number = 0;

/** A new id, for a label and what it names. */
export const fresh = (prefix = "x") => `${prefix}-${++number}`;

/** Only the web addresses that a click may open. */
export function safeUrl(text) {
  try {
    const url = new URL(text);
    return ["http:", "https:", "mailto:", "tel:"].includes(url.protocol) ? url.href : null;
  } catch {
    return null;
  }
}

/** A link, or only its text where the address is none that a click may open. */
export function link(address, ...text) {
  const href = safeUrl(address);
  if (!href) return el("span", {}, ...text);
  const here = href.startsWith(`${location.origin}/archives/`);
  return el("a", { href, rel: "noreferrer noopener", ...(here ? {} : { target: "_blank" }) }, ...text);
}

/** Say something for a moment. */
export function toast(text) {
  const said = el("p", {}, text);
  byId("toasts").append(said);
  setTimeout(() => said.remove(), 6000);
}
