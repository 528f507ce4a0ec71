// Block Kit as nodes: messages, modals and App Homes.

import { el, fresh, link, safeUrl } from "./dom.js";
import { element } from "./elements.js";
import { emoji } from "./emoji.js";
import { channelLink, plain, textObject } from "./mrkdwn.js";
import { store } from "./store.js";

/**
 * A block's node.
 * @param {object} block as Slack has it
 * @param {object} surface what `use`, `hold` and `held` do, see surfaces.js
 */
export function block(block, surface) {
  const draw = DRAW[block.type] ?? unknown;
  const node = draw(block, surface);
  node.dataset.block = block.block_id;
  return node;
}

const DRAW = {
  section: (b, surface) =>
    el(
      "div",
      { className: "block section" },
      el(
        "div",
        { className: "grow" },
        b.text && el("div", { className: "text" }, textObject(b.text)),
        b.fields && el("div", { className: "fields" }, b.fields.map((field) => el("div", {}, textObject(field)))),
      ),
      b.accessory && (b.accessory.type === "image" ? picture(b.accessory, "thumb") : element(b.accessory, b, surface)),
    ),
  header: (b, surface) => el(surface.modal ? "h3" : "h2", { className: "block header" }, plain(b.text.text)),
  divider: () => el("hr", { className: "block" }),
  context: (b) =>
    el(
      "div",
      { className: "block context" },
      b.elements.map((each) => (each.type === "image" ? picture(each, "tiny") : el("span", {}, textObject(each)))),
    ),
  image: (b) =>
    el("figure", { className: "block" }, b.title && el("figcaption", {}, plain(b.title.text)), picture(b, "wide")),
  actions: (b, surface) =>
    el("div", { className: "block actions" }, b.elements.map((each) => element(each, b, surface))),
  input: input,
  rich_text: (b) => el("div", { className: "block text" }, b.elements.map(richPart)),
  markdown: (b) => el("div", { className: "block text" }, plain(b.text)),
  table: table,
};

const unknown = (b) => el("p", { className: "block context" }, `A block of the kind ${b.type}`);

/** An input with its label, hint and error. */
function input(b, surface) {
  const id = fresh("input");
  const error = surface.errors?.[b.block_id];
  const held = element(b.element, b, surface, id);
  const group = ["checkboxes", "radio_buttons"].includes(b.element.type);
  const optional = b.optional && el("span", { className: "optional" }, " (optional)");
  const described = [b.hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(" ") || null;
  const field = held.matches("input,textarea,select") ? held : held.querySelector("input,textarea,select,button");
  if (field && described) field.setAttribute("aria-describedby", described);
  if (field && error) field.setAttribute("aria-invalid", "true");
  if (group) held.setAttribute("aria-labelledby", `${id}-label`);
  return el(
    "div",
    { className: `block input${error ? " wrong" : ""}` },
    group
      ? el("span", { className: "label", id: `${id}-label` }, plain(b.label.text), optional)
      : el("label", { className: "label", for: id }, plain(b.label.text), optional),
    held,
    error && el("p", { className: "error", id: `${id}-error` }, `⚠ ${error}`),
    b.hint && el("p", { className: "hint", id: `${id}-hint` }, plain(b.hint.text)),
  );
}

/** Nothing loads from the network: a picture of a file here is shown, one from elsewhere is its description, with a link. */
function picture(image, className) {
  const kept = image.slack_file?.id;
  const src = kept ? `${location.origin}/page/file/${encodeURIComponent(kept)}` : (image.image_url ?? "");
  if (src.startsWith("data:image/") || src.startsWith(location.origin)) {
    return el("img", { className, src, alt: image.alt_text ?? "" });
  }
  const text = `🖼 ${image.alt_text || "picture"}`;
  return el("span", { className: `picture ${className}` }, safeUrl(src) ? link(src, text) : text);
}

function richPart(part) {
  if (part.type === "rich_text_list") {
    const list = el(part.style === "ordered" ? "ol" : "ul", { data: { indent: part.indent ?? 0 } });
    list.append(...part.elements.map((each) => el("li", {}, each.elements.map(richPiece))));
    return list;
  }
  const tags = { rich_text_quote: "blockquote", rich_text_preformatted: "pre" };
  return el(tags[part.type] ?? "div", {}, part.elements.map(richPiece));
}

const PIECES = {
  text: (p) => plain(p.text),
  link: (p) => link(p.url, p.text ?? p.url),
  emoji: (p) => emoji(p.name),
  user: (p) => el("span", { className: "mention" }, `@${store.people[p.user_id]?.name ?? p.user_id}`),
  usergroup: (p) => el("span", { className: "mention" }, `@${store.groups[p.usergroup_id]?.handle ?? "group"}`),
  channel: (p) => channelLink(p.channel_id),
  broadcast: (p) => el("span", { className: "mention" }, `@${p.range}`),
  date: (p) => p.fallback ?? new Date(p.timestamp * 1000).toLocaleString(),
};

function richPiece(piece) {
  const node = el("span", {}, PIECES[piece.type]?.(piece) ?? "");
  const { bold, italic, strike, code } = piece.style ?? {};
  return [bold && "strong", italic && "em", strike && "s", code && "code"]
    .filter(Boolean)
    .reduce((inner, tag) => el(tag, {}, inner), node);
}

function table(b) {
  const cell = (tag) => (each) =>
    el(tag, {}, each.type === "rich_text" ? each.elements.map(richPart) : plain(each.text ?? ""));
  const [head, ...rows] = b.rows;
  return el(
    "div",
    { className: "block scroll" },
    el(
      "table",
      {},
      el("thead", {}, el("tr", {}, head.map(cell("th")))),
      el("tbody", {}, rows.map((row) => el("tr", {}, row.map(cell("td"))))),
    ),
  );
}
