// The field at the bottom: messages, slash commands with their autocomplete, global shortcuts.

import { byId, el, toast } from "./dom.js";
import { arrows } from "./elements.js";
import { act, on, store } from "./store.js";
import { uploaded } from "./upload.js";

let at = 0;
const said = [];
let back = 0;

/** Let people type. */
export function composer() {
  const field = byId("typed");
  field.addEventListener("input", () => {
    at = 0;
    offer();
    grow();
  });
  field.addEventListener("blur", () => setTimeout(hide, 150));
  field.addEventListener("focus", offer);
  field.addEventListener("keydown", keys);
  byId("composer").addEventListener("submit", (event) => {
    event.preventDefault();
    send();
  });
  byId("shortcuts").addEventListener("click", shortcuts);
  byId("attach").addEventListener("click", () => byId("attached").click());
  byId("attached").addEventListener("change", attach);
  on("all user place", named);
}

function named() {
  const channel = store.channel(store.place);
  const where = channel?.user ? store.people.U0BOT?.name : `#${channel?.name ?? ""}`;
  byId("typed").placeholder = `Message ${where}, or type / for commands`;
  byId("shortcuts").hidden = !store.shortcuts.some((each) => each.type === "global");
}

function grow() {
  const field = byId("typed");
  field.rows = Math.min(8, Math.max(1, field.value.split("\n").length));
}

/** The commands that begin like what is typed; past the command, only its hint. */
function matching() {
  const text = byId("typed").value;
  if (!text.startsWith("/")) return [];
  const [slash, ...rest] = text.split(" ");
  return store.commands.filter((each) => (rest.length ? each.command === slash : each.command.startsWith(slash)));
}

function offer() {
  const list = byId("offers");
  const found = matching();
  list.hidden = !found.length;
  list.replaceChildren(
    ...found.map((each, index) =>
      el(
        "li",
        {
          role: "option",
          id: `offer-${index}`,
          "aria-selected": String(index === at),
          on: {
            mousedown: (event) => {
              event.preventDefault();
              take(each);
            },
          },
        },
        el("strong", {}, each.command),
        " ",
        each.usage_hint && el("code", {}, each.usage_hint),
        el("span", { className: "about" }, each.description),
      ),
    ),
  );
  if (found.length) byId("typed").setAttribute("aria-activedescendant", `offer-${at}`);
  else byId("typed").removeAttribute("aria-activedescendant");
}

function hide() {
  byId("offers").hidden = true;
}

function take(command) {
  const field = byId("typed");
  field.value = `${command.command} `;
  field.focus();
  offer();
}

function keys(event) {
  const field = byId("typed");
  const found = byId("offers").hidden ? [] : matching();
  const whole = field.value.includes(" ") || found.some((each) => each.command === field.value);
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
    if (found.length && !whole) take(found[at]);
    else send();
  } else if (event.key === "Tab" && found.length && !field.value.includes(" ")) take(found[at]);
  else if (event.key === "Escape") hide();
  else if (["ArrowDown", "ArrowUp"].includes(event.key) && found.length > 1) {
    at = (at + (event.key === "ArrowDown" ? 1 : -1) + found.length) % found.length;
    offer();
  } else if (event.key === "ArrowUp" && (!field.value || field.value === said[back]) && said.length) {
    back = Math.max(0, field.value ? back - 1 : said.length - 1);
    field.value = said[back];
  } else return;
  event.preventDefault();
}

async function send() {
  const field = byId("typed");
  const text = field.value.trim();
  if (!text) return;
  field.value = "";
  said.push(text);
  hide();
  grow();
  try {
    await act("say", { channel: store.place, text });
  } catch (problem) {
    toast(String(problem.message));
  }
}

/** The chosen files are sent at once, with what is typed. */
async function attach() {
  const field = byId("attached");
  const sent = (await Promise.all([...field.files].map(uploaded))).filter(Boolean);
  field.value = "";
  if (!sent.length) return;
  const text = byId("typed").value.trim();
  byId("typed").value = "";
  await act("say", { channel: store.place, text, files: sent.map((each) => each.id) }).catch((problem) => toast(problem.message));
}

function shortcuts() {
  const button = byId("shortcuts");
  const known = document.querySelector("#shortcut-menu");
  if (known) return known.remove();
  const close = () => menu.remove();
  const items = store.shortcuts
    .filter((each) => each.type === "global")
    .map((each) =>
      el(
        "button",
        {
          type: "button",
          role: "menuitem",
          on: {
            click: () => {
              close();
              act("shortcut", { callback_id: each.callback_id }).catch((problem) => toast(problem.message));
            },
          },
        },
        el("strong", {}, each.name),
        el("span", { className: "about" }, each.description),
      ),
    );
  const menu = el("div", { id: "shortcut-menu", className: "menu", role: "menu", on: { keydown: (event) => arrows(event, items, close, button) } }, items);
  byId("composer").append(menu);
  return items[0]?.focus();
}
