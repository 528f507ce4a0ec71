// The page: who looks, at what, in which colours; the rest is in the other modules.

import { composer } from "./composer.js";
import { byId, el, toast } from "./dom.js";
import { avatar, messages } from "./messages.js";
import { modals } from "./modals.js";
import { side } from "./side.js";
import { act, listen, on, store, tell } from "./store.js";

const wide = matchMedia("(min-width: 70rem)");

on("all", () => people());
on("all user place unread", channels);
on("all user place tab", top);
on("all guide", guide);
messages();
composer();
modals();
side();
theme();
panes();
window.addEventListener("hashchange", follow);
follow();
listen();

function follow() {
  const wanted = decodeURIComponent(location.hash.slice(1));
  const archived = /^\/archives\/(\w+)/.exec(location.pathname)?.[1];
  go(wanted || archived || store.place);
}

function go(place) {
  store.place = place;
  store.thread = null;
  store.tab = "messages";
  rail(false);
  tell("place");
}

/** The list of channels lies over the chat where there is no room beside it. */
function rail(open) {
  document.body.classList.toggle("rail-open", open);
  byId("menu").setAttribute("aria-expanded", String(open));
  if (open) byId("channels").querySelector("a")?.focus();
}

function people() {
  const select = byId("user");
  select.replaceChildren(
    ...store.users.map((id) => el("option", { value: id, selected: id === store.user }, `${store.people[id].name} · ${store.people[id].title}`)),
  );
  select.onchange = () => {
    const own = store.channel(store.place)?.user;
    store.user = select.value;
    sessionStorage.setItem("user", store.user);
    if (own) store.place = `D${store.user.slice(1)}`;
    tell("user");
  };
}

function channels() {
  const shown = store.channels.filter((channel) => !channel.user || channel.user === store.user);
  const item = (channel) => {
    const unread = store.seen(channel.id).length - (store.read[`${store.user} ${channel.id}`] ?? 0);
    const here = channel.id === store.place;
    const mark = channel.user ? avatar("U0BOT") : el("span", { className: "hash", "aria-hidden": "true" }, channel.private ? "🔒" : "#");
    return el(
      "li",
      {},
      el(
        "a",
        { href: `#${channel.id}`, "aria-current": here ? "page" : null, className: unread > 0 && !here ? "unread" : "" },
        mark,
        channel.user ? store.people.U0BOT.name : channel.name,
        unread > 0 && !here && el("span", { className: "count", "aria-label": `${unread} new` }, String(unread)),
      ),
    );
  };
  const group = (name, found) => [el("h2", {}, name), el("ul", {}, found.map(item))];
  byId("channels").replaceChildren(
    ...group("Channels", shown.filter((channel) => !channel.user)),
    ...group("Apps", shown.filter((channel) => channel.user)),
  );
}

function top() {
  const channel = store.channel(store.place);
  byId("title").textContent = channel?.user ? store.people.U0BOT.name : `# ${channel?.name ?? ""}`;
  byId("topic").textContent = channel?.topic ?? "";
  const tabs = channel?.user && store.home ? ["messages", "home"] : [];
  byId("tabs").replaceChildren(
    ...tabs.map((name) =>
      el(
        "button",
        {
          type: "button",
          role: "tab",
          "aria-selected": String(store.tab === name),
          on: {
            click: () => {
              store.tab = name;
              act("home", { tab: name }).catch((problem) => toast(problem.message));
              tell("tab");
            },
          },
        },
        name === "home" ? "Home" : "Messages",
      ),
    ),
  );
}

function guide() {
  const bar = byId("guide");
  bar.hidden = !store.guide;
  const skip = el("button", { type: "button", className: "button small", on: { click: () => act("skip").catch((problem) => toast(problem.message)) } }, "Skip the tour");
  bar.replaceChildren(el("span", {}, store.guide), skip);
}

function theme() {
  const names = ["auto", "light", "dark"];
  const icons = { auto: "◐", light: "☀", dark: "☾" };
  let now = localStorage.getItem("theme") ?? "auto";
  const apply = () => {
    document.documentElement.dataset.theme = now;
    byId("theme").textContent = icons[now];
    byId("theme").title = `Colours: ${now}`;
  };
  byId("theme").addEventListener("click", () => {
    now = names[(names.indexOf(now) + 1) % names.length];
    localStorage.setItem("theme", now);
    apply();
  });
  apply();
}

function panes() {
  const toggle = (on) => {
    document.body.classList.toggle("side-open", on);
    byId("aside").setAttribute("aria-pressed", String(on));
  };
  byId("aside").addEventListener("click", () => toggle(!document.body.classList.contains("side-open")));
  byId("menu").addEventListener("click", () => rail(!document.body.classList.contains("rail-open")));
  document.addEventListener("pointerdown", ({ target }) => {
    if (!target.closest("#rail, #menu")) rail(false);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && document.body.classList.contains("rail-open")) {
      rail(false);
      byId("menu").focus();
    }
    if (event.key === "/" && !/^(INPUT|TEXTAREA|SELECT)$/.test(document.activeElement.tagName) && !document.querySelector("dialog[open]")) {
      event.preventDefault();
      byId("typed").focus();
      byId("typed").value = "/";
      byId("typed").dispatchEvent(new Event("input"));
    }
  });
  toggle(wide.matches);
}
