// Slack's mrkdwn as nodes. Nothing here makes HTML out of text.

import { el, link } from "./dom.js";
import { emoji } from "./emoji.js";
import { store } from "./store.js";

const UNESCAPED = { "&lt;": "<", "&gt;": ">", "&amp;": "&" };

/** Slack escapes three characters; back to what they stand for. */
export const unescape = (text) => text.replace(/&(?:lt|gt|amp);/g, (found) => UNESCAPED[found]);

/** A text object, mrkdwn or plain. */
export function textObject(object) {
  if (!object) return [];
  return object.type === "mrkdwn" ? mrkdwn(object.text) : plain(object.text);
}

/** Plain text with its emoji names and line breaks. */
export function plain(text) {
  return lines(named(String(text ?? "")));
}

/** Formatted text: blocks of code, quotes, then what stands within a line. */
export function mrkdwn(text) {
  const nodes = [];
  String(text ?? "").split(/```([\s\S]*?)```/).forEach((part, index) => {
    if (index % 2) nodes.push(el("pre", {}, unescape(part.replace(/^\n/, ""))));
    else nodes.push(...quoted(part));
  });
  return nodes;
}

function quoted(text) {
  const nodes = [];
  let quote = null;
  text.split("\n").forEach((line, index) => {
    const found = /^\s?(?:&gt;|>)\s?(.*)$/.exec(line);
    if (found) {
      if (!quote) nodes.push((quote = el("blockquote")));
      else quote.append(el("br"));
      quote.append(...inline(found[1]));
      return;
    }
    if (index && !quote) nodes.push(el("br"));
    quote = null;
    nodes.push(...inline(line));
  });
  return nodes;
}

const PIECES = new RegExp(
  [
    "`([^`\\n]+)`", // code
    "<([^<>\\n]+)>", // link, mention, date
    "(?<![\\w*])\\*(?=\\S)([^*\\n]*[^*\\s])\\*(?![\\w*])", // bold
    "(?<![\\w_])_(?=\\S)([^_\\n]*[^_\\s])_(?![\\w_])", // italic
    "(?<![\\w~])~(?=\\S)([^~\\n]*[^~\\s])~(?![\\w~])", // struck
  ].join("|"),
  "g",
);

function inline(text) {
  const nodes = [];
  let from = 0;
  for (const found of text.matchAll(PIECES)) {
    nodes.push(...lines(named(unescape(text.slice(from, found.index)))));
    from = found.index + found[0].length;
    const [, code, angled, bold, italic, struck] = found;
    if (code !== undefined) nodes.push(el("code", {}, unescape(code)));
    else if (angled !== undefined) nodes.push(special(angled));
    else if (bold !== undefined) nodes.push(el("strong", {}, inline(bold)));
    else if (italic !== undefined) nodes.push(el("em", {}, inline(italic)));
    else nodes.push(el("s", {}, inline(struck)));
  }
  nodes.push(...lines(named(unescape(text.slice(from)))));
  return nodes;
}

function special(inside) {
  const [what, label] = split(inside);
  if (what.startsWith("@")) return mention(store.people[what.slice(1)]?.name ?? label ?? what.slice(1));
  if (what.startsWith("#")) return channelLink(what.slice(1), label);
  if (what.startsWith("!date^")) return date(what, label);
  if (what.startsWith("!subteam^")) return mention(label ?? store.groups[what.slice(9)]?.handle ?? "group");
  if (what.startsWith("!")) return mention(label ?? what.slice(1));
  return link(unescape(what), named(unescape(label ?? what)));
}

function split(inside) {
  const bar = inside.indexOf("|");
  return bar < 0 ? [inside, undefined] : [inside.slice(0, bar), inside.slice(bar + 1)];
}

const mention = (name) => el("span", { className: "mention" }, `@${unescape(name).replace(/^@/, "")}`);

export function channelLink(id, label) {
  const name = store.channel(id)?.name ?? label ?? id;
  return el("a", { className: "mention", href: `#${id}` }, `#${unescape(name)}`);
}

const DATES = {
  date_num: { year: "numeric", month: "2-digit", day: "2-digit" },
  date: { year: "numeric", month: "long", day: "numeric" },
  date_short: { year: "numeric", month: "short", day: "numeric" },
  date_long: { weekday: "long", year: "numeric", month: "long", day: "numeric" },
  time: { hour: "numeric", minute: "2-digit" },
  time_secs: { hour: "numeric", minute: "2-digit", second: "2-digit" },
};

/** `!date^stamp^{date_short_pretty} {time}^link`, in the time zone of whoever looks. */
function date(what, fallback) {
  const [, stamp, format = "", address] = what.split("^");
  const moment = new Date(Number(stamp) * 1000);
  if (Number.isNaN(moment.getTime())) return document.createTextNode(unescape(fallback ?? ""));
  const text = format.replace(/\{(\w+)\}/g, (whole, token) => dated(moment, token) ?? whole);
  const time = el("time", { datetime: moment.toISOString(), title: moment.toString() }, unescape(text));
  return address ? link(unescape(address), time) : time;
}

function dated(moment, token) {
  if (token === "ago") return ago(moment);
  const base = token.replace("_pretty", "");
  if (!Object.hasOwn(DATES, base)) return null;
  const zone = { timeZone: store.zone() };
  if (token.endsWith("_pretty")) {
    const day = (when) => when.toLocaleDateString("en-CA", zone);
    const shifted = (days) => day(new Date(Date.now() + days * 86_400_000));
    for (const [days, word] of [[0, "today"], [-1, "yesterday"], [1, "tomorrow"]]) {
      if (day(moment) === shifted(days)) return word;
    }
  }
  const form = base.startsWith("time") ? "toLocaleTimeString" : "toLocaleDateString";
  return moment[form]("en-GB", { ...DATES[base], ...zone });
}

function ago(moment) {
  const minutes = Math.round((Date.now() - moment) / 60_000);
  return minutes < 60 ? `${minutes} minutes ago` : `${Math.round(minutes / 60)} hours ago`;
}

const named = (text) => text.replace(/:([a-z0-9_+'-]+):/g, (_, name) => emoji(name));

function lines(text) {
  return text.split("\n").flatMap((line, index) => (index ? [el("br"), line] : [line]));
}
