// The messages of a channel or a thread, and the App Home.

import { block } from "./blocks.js";
import { byId, el, toast } from "./dom.js";
import { arrows } from "./elements.js";
import { emoji } from "./emoji.js";
import { mrkdwn } from "./mrkdwn.js";
import { clock } from "./moments.js";
import { act, on, store, tell } from "./store.js";
import { messageSurface, viewSurface } from "./surfaces.js";

const TOGETHER = 300;

/** Show the messages, and keep them as they are. */
export function messages() {
  on("all user place", all);
  on("message", changed);
  on("thread", thread);
  on("home tab", home);
}

function all() {
  const list = byId("messages");
  const seen = inChannel();
  list.replaceChildren(...(seen.length ? seen.map((message, index) => row(message, seen[index - 1])) : [empty()]));
  list.scrollTop = list.scrollHeight;
  read();
  thread();
  home();
}

const inChannel = () => store.seen().filter((message) => !message.thread_ts);

function empty() {
  const channel = store.channel(store.place);
  const commands = store.commands.map((each) => el("code", {}, each.command)).flatMap((node) => [node, " "]);
  return el(
    "div",
    { className: "empty" },
    el("h2", {}, channel?.user ? `You and ${store.people.U0BOT?.name}` : `# ${channel?.name ?? ""}`),
    el("p", {}, "Nothing has been said here yet. Type ", el("kbd", {}, "/"), " for what the bot can do:"),
    el("p", {}, commands),
  );
}

function changed(message) {
  const list = byId("messages");
  if (message.channel === store.place && message.thread_ts) counted(list, message.thread_ts);
  else if (message.channel === store.place) {
    const old = list.querySelector(`:scope > [data-ts="${CSS.escape(message.ts)}"]`);
    const seen = inChannel();
    const index = seen.findIndex((each) => each.ts === message.ts);
    const low = list.scrollHeight - list.scrollTop - list.clientHeight < 160;
    if (index < 0) old?.remove();
    else if (old) old.replaceWith(row(message, seen[index - 1]));
    else {
      list.querySelector(".empty")?.remove();
      list.append(row(message, seen[index - 1]));
      list.lastChild.classList.add("new");
    }
    if (low || message.user === store.user) list.scrollTop = list.scrollHeight;
    read();
  }
  if (store.thread) thread();
  tell("unread");
}

/** A reply shows at the message it answers. */
function counted(list, ts) {
  const seen = inChannel();
  const index = seen.findIndex((each) => each.ts === ts);
  const old = list.querySelector(`:scope > [data-ts="${CSS.escape(ts)}"]`);
  if (old && index >= 0) old.replaceWith(row(seen[index], seen[index - 1]));
  read();
}

/** What this person has seen in the channel they are in. */
function read() {
  store.read[`${store.user} ${store.place}`] = store.seen().length;
  tell("unread");
}

/** A person's picture: their first letter on a colour of their own. */
export function avatar(id) {
  const name = store.people[id]?.name ?? "?";
  const tone = [...id].reduce((sum, letter) => sum + letter.charCodeAt(0), 0) % 6;
  const bot = store.people[id]?.bot;
  if (bot) return el("img", { className: "avatar bot", src: "/page/icon.svg", alt: "" });
  return el("span", { className: `avatar tone-${tone}`, "aria-hidden": "true" }, name[0]);
}

function row(message, before) {
  const stamp = Number(message.ts.split(".")[0]);
  const person = store.people[message.user];
  const together =
    before?.user === message.user &&
    !before.only_for === !message.only_for &&
    stamp - Number(before.ts.split(".")[0]) < TOGETHER;
  const time = el("time", { datetime: new Date(stamp * 1000).toISOString() }, clock(stamp, store.zone()));
  const who = el(
    "p",
    { className: "who" },
    el("strong", {}, person?.name ?? message.user),
    person?.bot && el("span", { className: "app" }, "APP"),
    time,
  );
  return el(
    "article",
    { className: `message${together ? " together" : ""}${message.only_for ? " ephemeral" : ""}`, data: { ts: message.ts } },
    together ? el("span", { className: "gutter" }) : avatar(message.user),
    el(
      "div",
      { className: "said" },
      message.only_for && !(together && before?.only_for) && el("p", { className: "only" }, "👁 Only visible to you"),
      together ? null : who,
      content(message),
      message.edited && el("span", { className: "edited" }, "(edited)"),
      (message.files ?? []).map(attached),
      reactions(message),
      replies(message),
    ),
    tools(message),
  );
}

/** A file: a picture with the words of who uploaded it, anything else by its name. */
function attached(file) {
  if (file.filetype !== "png") return el("p", { className: "file" }, `📄 ${file.name}`);
  const src = `/page/file/${encodeURIComponent(file.id)}`;
  return el("figure", { className: "shown" }, el("img", { src, alt: file.alt_txt || file.name }), el("figcaption", {}, file.name));
}

function content(message) {
  if (!message.blocks.length) return el("div", { className: "text" }, mrkdwn(message.text));
  const surface = messageSurface(message);
  return message.blocks.map((each) => block(each, surface));
}

function reactions(message) {
  const found = Object.entries(message.reactions ?? {});
  if (!found.length) return null;
  return el(
    "p",
    { className: "reactions" },
    found.map(([name, people]) => el("span", { title: `:${name}:` }, `${emoji(name)} ${people.length}`)),
  );
}

function replies(message) {
  const count = store.seen(message.channel).filter((each) => each.thread_ts === message.ts).length;
  if (!count) return null;
  const text = count === 1 ? "1 reply" : `${count} replies`;
  return el("button", { type: "button", className: "replies", on: { click: () => openThread(message.ts) } }, text);
}

function tools(message) {
  if (message.only_for) return null;
  const shortcuts = store.shortcuts.filter((each) => each.type === "message");
  const buttons = [
    ...(message.thread_ts ? [] : [el("button", { type: "button", "aria-label": "Reply in thread", title: "Reply in thread", on: { click: () => openThread(message.ts) } }, "💬")]),
    ...shortcuts.map((each) =>
      el(
        "button",
        {
          type: "button",
          title: each.description,
          on: { click: () => act("shortcut", { callback_id: each.callback_id, channel: message.channel, ts: message.ts }).catch((problem) => toast(problem.message)) },
        },
        each.name,
      ),
    ),
  ];
  return el("div", { className: "tools", on: { keydown: (event) => arrows(event, buttons, () => {}, buttons[0]) } }, buttons);
}

function openThread(ts) {
  store.thread = ts;
  tell("thread");
  byId("thread").querySelector("textarea")?.focus();
}

/** The thread beside the channel. */
function thread() {
  const side = byId("thread");
  const root = store.thread && store.seen().find((message) => message.ts === store.thread);
  side.hidden = !root;
  if (!root) {
    store.thread = null;
    return;
  }
  const said = side.querySelector("textarea")?.value ?? "";
  const focused = side.contains(document.activeElement);
  const field = el("textarea", { rows: 1, "aria-label": "Reply", placeholder: "Reply…", value: said });
  const send = (event) => {
    event.preventDefault();
    const text = field.value;
    field.value = "";
    act("say", { channel: store.place, text, thread_ts: root.ts }).catch((problem) => toast(problem.message));
  };
  field.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.shiftKey) send(event);
  });
  const close = () => {
    store.thread = null;
    thread();
    byId("typed").focus();
  };
  const replied = store.seen().filter((message) => message.thread_ts === root.ts);
  side.replaceChildren(
    el("header", {}, el("h2", {}, "Thread"), el("button", { type: "button", className: "quiet", "aria-label": "Close", on: { click: close } }, "×")),
    el("div", { className: "list" }, [root, ...replied].map((message) => row(message))),
    el("form", { on: { submit: send } }, field, el("button", { className: "send", "aria-label": "Send" }, "➤")),
  );
  if (focused) field.focus();
}

/** The App Home tab of the bot's direct messages. */
function home() {
  const shown = store.tab === "home" && Boolean(store.channel(store.place)?.user);
  byId("home").hidden = !shown;
  byId("messages").hidden = shown;
  byId("composer").hidden = shown;
  if (!shown) return;
  const view = store.homes[store.user];
  const surface = view && viewSurface(view, {});
  byId("home").replaceChildren(
    ...(view ? view.blocks.map((each) => block(each, surface)) : [el("p", { className: "empty" }, "The bot has not published a home yet.")]),
  );
}
