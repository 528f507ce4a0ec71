// Behind the scenes: the phones, the wire, and trouble on demand.

import { byId, el, toast } from "./dom.js";
import { clock } from "./moments.js";
import { act, on, store } from "./store.js";

const TABS = ["phones", "wire", "faults"];
const WAYS = { "to the bot": "bot", "to Slack": "Slack", "to ClickSend": "ClickSend", "to the database": "rows" };
const ICONS = { sms: "📱", mms: "🖼", voice: "📞", fax: "📠", email: "📧", post: "📮" };

/** Keep the pane beside the chat as it is. */
export function side() {
  for (const name of TABS) byId(`tab-${name}`).addEventListener("click", () => show(name));
  byId("side").querySelector("[role=tablist]").addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    const now = TABS.findIndex((name) => byId(`tab-${name}`).getAttribute("aria-selected") === "true");
    const next = TABS[(now + step + TABS.length) % TABS.length];
    show(next);
    byId(`tab-${next}`).focus();
  });
  byId("ways").addEventListener("change", ({ target }) => {
    byId("crossings").className = target.value;
  });
  on("all", all);
  on("wire", (crossing) => {
    byId("crossings").prepend(line(crossing));
    while (byId("crossings").children.length > 1000) byId("crossings").lastChild.remove();
  });
  on("phones user", phones);
  on("faults sockets", faults);
}

function all() {
  byId("crossings").replaceChildren(...store.wire.map(line).reverse());
  phones();
  faults();
}

function show(name) {
  for (const each of TABS) {
    const chosen = each === name;
    byId(each).hidden = !chosen;
    byId(`tab-${each}`).setAttribute("aria-selected", String(chosen));
    byId(`tab-${each}`).tabIndex = chosen ? 0 : -1;
  }
}

const tell = (what, body) => act(what, body).catch((problem) => toast(String(problem.message)));

function line(crossing) {
  const way = WAYS[crossing.way];
  const fine = crossing.outcome === "ok";
  return el(
    "details",
    { className: `crossing ${way}${fine ? "" : " bad"}` },
    el(
      "summary",
      {},
      el("span", { className: "way", title: crossing.way }, `→ ${way}`),
      el("span", { className: "name" }, crossing.name),
      el("span", { className: "ms" }, fine ? `${crossing.ms} ms` : crossing.outcome),
    ),
    el("p", { className: "about" }, `${clock(crossing.at, store.zone())} · ${crossing.over} · ${crossing.ms} ms · ${crossing.outcome}`),
    el("pre", { tabindex: 0 }, JSON.stringify(crossing.sent, null, 2)),
    Object.keys(crossing.answer).length > 0 && [el("p", { className: "about" }, "Answer"), el("pre", { tabindex: 0 }, JSON.stringify(crossing.answer, null, 2))],
  );
}

function phones() {
  const pane = byId("phones");
  const account = store.phones;
  if (!account) {
    pane.replaceChildren(el("p", { className: "about" }, "The local ClickSend does not run in this process."));
    return;
  }
  if (!pane.querySelector(".account")) {
    const asked = el("details", { className: "asked" }, el("summary", {}, "What the bot asked ClickSend"), el("ol", { tabindex: 0 }));
    pane.replaceChildren(el("div", { className: "account" }), asked, el("div", { className: "arrived" }));
  }
  const focused = document.activeElement;
  const typing = pane.firstChild.contains(focused) && !focused.id.startsWith("slider-");
  if (!typing) pane.firstChild.replaceWith(accountOf(account));
  if (focused.id.startsWith("slider-")) byId(focused.id)?.focus();
  pane.querySelector(".asked ol").replaceChildren(...asked(account.requests));
  arrived(pane.lastChild, account);
}

/** The newest first; what was asked several times in a row is one line. */
function asked(names) {
  const runs = [];
  for (const name of names) {
    if (runs.at(-1)?.name === name) runs.at(-1).times += 1;
    else runs.push({ name, times: 1 });
  }
  return runs.reverse().map(({ name, times }) => el("li", {}, times > 1 ? `${name} ×${times}` : name));
}

/** What arrived; a phone that did not change stays, with what is being typed in it. */
function arrived(list, account) {
  const known = new Map([...list.children].map((node) => [node.dataset.key, node]));
  const nodes = account.messages.map((message) => {
    const key = JSON.stringify(message);
    return known.get(key) ?? phone(message, account, key);
  });
  if (!nodes.length) nodes.push(el("p", { className: "about" }, "What is sent arrives here."));
  for (const node of known.values()) if (!nodes.includes(node)) node.remove();
  nodes.forEach((node, index) => {
    if (list.children[index] !== node) list.insertBefore(node, list.children[index] ?? null);
  });
}

function accountOf(account) {
  const amount = el("input", { value: account.balance, inputmode: "decimal", "aria-label": "Balance", className: "short" });
  const set = (event) => {
    event.preventDefault();
    tell("phones", { balance: amount.value });
    amount.blur();
  };
  const balance = slider("balance", "Balance", Math.min(100, Number(account.balance)), 100, 1, (value) => tell("phones", { balance: value }));
  const hours = Math.round(account.ahead / 3600);
  const clock = slider("clock", `Clock: ${hours ? `+${hours} h` : "now"}`, hours, 24 * 30, 1, (value) => tell("phones", { ahead: value * 3600 }));
  const delay = slider("delay", `Receipts after ${account.delay} s`, account.delay, 60, 1, (value) => tell("phones", { delay: value }));
  return el(
    "div",
    { className: "account" },
    el("form", { on: { submit: set } }, el("label", {}, "Balance ", el("span", { className: "about" }, "AUD "), amount), el("button", { className: "button small" }, "Set")),
    balance[1],
    ...clock,
    ...delay,
    trouble(account),
  );
}

function slider(name, text, value, max, step, changed) {
  const id = `slider-${name}`;
  const range = el("input", { type: "range", id, min: 0, max, step, value, "aria-label": text, on: { change: () => changed(Number(range.value)) } });
  return [el("label", { for: id, className: "about" }, text), range];
}

/** What goes wrong with the next calls to ClickSend. */
function trouble(account) {
  const kind = el("select", { "aria-label": "Fault" }, account.kinds.map((each) => el("option", { value: each }, WORDS[each] ?? each)));
  const operation = el("input", { "aria-label": "Operation", value: "sms.send", className: "short" });
  const set = (event) => {
    event.preventDefault();
    tell("phones", { fault: { kind: kind.value, operation: operation.value } });
    kind.blur();
    operation.blur();
  };
  return el(
    "details",
    { open: account.faults.length > 0 },
    el("summary", {}, "Trouble at ClickSend"),
    el("form", { on: { submit: set } }, kind, operation, el("button", { className: "button small" }, "Next call")),
    account.faults.map((each) => el("p", { className: "about" }, each)),
    account.faults.length > 0 && el("button", { type: "button", className: "button small", on: { click: () => tell("phones", { fine: true }) } }, "No trouble"),
  );
}

function phone(message, account, key) {
  const reply = message.kind === "sms" && el(
    "form",
    {
      className: "reply",
      on: {
        submit: (event) => {
          event.preventDefault();
          const field = event.target.elements[0];
          tell("phones", { reply: { from: message.to, to: message.sender, body: field.value } });
          field.value = "";
          field.blur();
        },
      },
    },
    el("input", { "aria-label": `Text back as ${message.to}`, placeholder: "Text back…" }),
  );
  const status = message.status.toLowerCase();
  return el(
    "article",
    { className: "phone", data: { key } },
    el("header", {}, el("span", {}, `${ICONS[message.kind] ?? "✉"} ${message.to}`), el("span", { className: `status ${status}` }, message.status)),
    el("p", { className: "bubble", title: `from ${message.sender}` }, message.body),
    reply,
  );
}

const WORDS = {
  latency: "slow (20 s)",
  429: "too many (429)",
  500: "broken (500)",
  cut_before: "cut before it is done",
  cut_after: "cut after it is done",
};

const FAULTS = [
  ["down", "Slack is down (503)"],
  ["limited", "Slack says 429"],
  ["strict", "Slack's rate limits: a message a second a channel, calls a minute by tier"],
];

function faults() {
  const slow = el("input", {
    type: "range",
    min: 0,
    max: 10,
    step: 0.5,
    value: store.faults.slow ?? 0,
    id: "slow",
    on: { change: () => tell("faults", { slow: Number(slow.value) }) },
  });
  byId("faults").replaceChildren(
    ...FAULTS.map(([name, text]) =>
      el("label", {}, el("input", { type: "checkbox", checked: Boolean(store.faults[name]), on: { change: ({ target }) => tell("faults", { [name]: target.checked }) } }), text),
    ),
    el("label", { for: "slow" }, `Slack answers after ${store.faults.slow ?? 0} s`),
    slow,
    el("p", {}, store.sockets ? `Socket Mode: ${store.sockets} connection${store.sockets > 1 ? "s" : ""}` : "No socket: payloads go over HTTP"),
    el("button", { type: "button", className: "button small", disabled: !store.sockets, on: { click: () => tell("faults", { drop: true }) } }, "Drop the sockets"),
    el("button", { type: "button", className: "button small", disabled: !store.sockets, on: { click: () => tell("faults", { refresh: true }) } }, "Ask them to reconnect"),
  );
}
