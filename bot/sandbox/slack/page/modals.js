// A person's modals: the top one of the stack is shown, what was typed survives its updates.

import { block } from "./blocks.js";
import { byId, el, toast } from "./dom.js";
import { plain } from "./mrkdwn.js";
import { act, on, store } from "./store.js";
import { viewSurface } from "./surfaces.js";

const typed = new Map();
let shown = null;

/** Show whoever looks their modal. */
export function modals() {
  on("all views user", draw);
}

function draw() {
  const stack = store.stack();
  const view = stack.at(-1);
  if (!view) return close();
  if (shown?.view.id !== view.id) {
    close();
    open(view);
  }
  fill(view, stack.length > 1);
}

function close() {
  if (!shown) return;
  shown.dialog.remove();
  shown = null;
}

function open(view) {
  if (!typed.has(view.id)) typed.set(view.id, {});
  const title = el("h2", { id: "modal-title", tabindex: "-1" });
  const body = el("div", { className: "body", tabindex: "0" });
  const problem = el("p", { className: "error", role: "alert", hidden: true });
  const back = el("button", { type: "button", className: "quiet", "aria-label": "Back", on: { click: () => leave(false) } }, "‹");
  const out = el("button", { type: "button", className: "quiet", "aria-label": "Close", on: { click: () => leave(true) } }, "×");
  const deny = el("button", { type: "button", className: "button", on: { click: () => leave(false) } });
  const yes = el("button", { type: "submit", className: "button primary" });
  const form = el(
    "form",
    { novalidate: true, on: { submit } },
    el("header", {}, back, title, out),
    body,
    problem,
    el("footer", {}, deny, yes),
  );
  const dialog = el("dialog", { className: "modal", "aria-labelledby": "modal-title" }, form);
  dialog.addEventListener("cancel", (event) => {
    event.preventDefault();
    leave(false);
  });
  byId("modals").append(dialog);
  shown = { view, dialog, form, title, body, problem, back, deny, yes, surface: null, keys: [] };
  dialog.showModal();
}

function fill(view, stacked) {
  const before = shown.view;
  shown.view = view;
  if (!shown.surface || before !== view) {
    shown.surface = viewSurface(view, typed.get(view.id));
    shown.problem.hidden = true;
  }
  shown.title.replaceChildren(...plain(view.title.text));
  shown.back.hidden = !stacked;
  shown.deny.replaceChildren(...plain(view.close?.text ?? "Cancel"));
  shown.yes.hidden = !view.submit;
  shown.yes.disabled = false;
  shown.form.removeAttribute("aria-busy");
  shown.yes.replaceChildren(...plain(view.submit?.text ?? ""));
  blocks(view);
}

/** Draw the blocks that changed; the others stay as they are, with the cursor in them. */
function blocks(view) {
  const { body, surface, keys } = shown;
  const old = [...body.children];
  const kept = new Map(keys.map((key, index) => [key, old[index]]));
  const now = view.blocks.map((each) => key(each, surface.errors[each.block_id]));
  const nodes = view.blocks.map((each, index) => kept.get(now[index]) ?? block(each, surface));
  shown.keys = now;
  if (nodes.length === old.length && nodes.every((node, index) => node === old[index])) return;
  const focused = old.every((node) => !node.contains(document.activeElement));
  // What goes is taken out first: a node that stays is never moved, which would lose the cursor.
  old.filter((node) => !nodes.includes(node)).forEach((node) => node.remove());
  nodes.forEach((node, index) => {
    if (body.children[index] !== node) body.insertBefore(node, body.children[index] ?? null);
  });
  // Never the button that submits: an Enter too many must not send anything.
  if (focused) (body.querySelector("[autofocus],input,textarea") ?? shown.title).focus();
}

/** Two versions of an input are the same one when nothing but its first content differs. */
function key(each, error) {
  const made = each.element && Object.fromEntries(Object.entries(each.element).filter(([name]) => !name.startsWith("initial_")));
  return JSON.stringify([each, made, error], (name, value) => (name === "element" ? undefined : value));
}

async function leave(whole) {
  try {
    await act("close", { all: whole && store.stack().length > 1 });
  } catch (problem) {
    toast(String(problem.message));
  }
}

async function submit(event) {
  event.preventDefault();
  const { view, form, surface, yes, problem } = shown;
  yes.disabled = true;
  form.setAttribute("aria-busy", "true");
  problem.hidden = true;
  try {
    const { error, errors } = await act("submit", { view_id: view.id, values: typed.get(view.id) });
    if (shown?.view.id !== view.id) return;
    surface.errors = errors ?? {};
    const wrong = Object.keys(surface.errors).length > 0;
    if (error) said(`We had some trouble connecting (${error}). Try again?`);
    if (error || wrong) form.removeAttribute("aria-busy");
    if (wrong) {
      blocks(view);
      shown.body.querySelector("[aria-invalid]")?.focus();
    }
  } catch (trouble) {
    form.removeAttribute("aria-busy");
    said(String(trouble.message));
  } finally {
    yes.disabled = false;
  }
}

function said(text) {
  if (!shown) return toast(text);
  shown.problem.textContent = text;
  shown.problem.hidden = false;
  return undefined;
}
