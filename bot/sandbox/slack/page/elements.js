// Interactive elements: buttons, menus, inputs. What they hold is Slack's own state of an element.

import { choice } from "./choice.js";
import { el, fresh, safeUrl } from "./dom.js";
import { fromZone, toZone } from "./moments.js";
import { plain, textObject } from "./mrkdwn.js";
import { act, store } from "./store.js";
import { upload } from "./upload.js";

/**
 * An element's node.
 * @param {object} made the element
 * @param {object} block the block it is in
 * @param {object} surface what `use`, `hold` and `held` do
 * @param {string} [id] the id that a label names
 */
export function element(made, block, surface, id = fresh("element")) {
  const draw = DRAW[made.type];
  return draw ? draw(made, block, surface, id) : el("span", {}, `(${made.type})`);
}

const TEXTS = {
  plain_text_input: "text",
  email_text_input: "email",
  url_text_input: "url",
  number_input: "text",
};

const DRAW = {
  button,
  overflow,
  plain_text_input: text,
  email_text_input: text,
  url_text_input: text,
  number_input: text,
  rich_text_input: richText,
  static_select: (...all) => menu(...all, listed),
  external_select: (...all) => menu(...all, asked),
  users_select: (...all) => menu(...all, people, "selected_user"),
  conversations_select: (...all) => menu(...all, places, "selected_conversation"),
  channels_select: (...all) => menu(...all, places, "selected_channel"),
  multi_static_select: (...all) => menu(...all, listed, "selected_options"),
  multi_external_select: (...all) => menu(...all, asked, "selected_options"),
  multi_users_select: (...all) => menu(...all, people, "selected_users"),
  multi_conversations_select: (...all) => menu(...all, places, "selected_conversations"),
  datepicker: (...all) => picker(...all, "date", "selected_date"),
  timepicker: (...all) => picker(...all, "time", "selected_time"),
  datetimepicker: dateTime,
  checkboxes: (...all) => ticks(...all, "checkbox"),
  radio_buttons: (...all) => ticks(...all, "radio"),
  file_input: upload,
};

function button(made, block, surface) {
  const label = plain(made.text.text);
  const className = `button ${made.style ?? ""}`;
  const href = made.url && safeUrl(made.url);
  const pressed = async ({ currentTarget }) => {
    currentTarget.classList.add("busy");
    await surface.use(block, made, {});
    currentTarget.classList.remove("busy");
  };
  const more = { className, "aria-label": made.accessibility_label, on: { click: pressed } };
  if (href) return el("a", { ...more, href, target: "_blank", rel: "noreferrer noopener" }, label);
  return el("button", { ...more, type: "button" }, label);
}

function overflow(made, block, surface) {
  const list = el("div", { className: "menu", role: "menu", hidden: true });
  const open = el(
    "button",
    { type: "button", className: "button", "aria-label": "More", "aria-haspopup": "menu", "aria-expanded": "false" },
    "⋯",
  );
  const show = (on) => {
    list.hidden = !on;
    open.setAttribute("aria-expanded", String(on));
  };
  const items = made.options.map((option) =>
    el(
      "button",
      {
        type: "button",
        role: "menuitem",
        on: {
          click: () => {
            show(false);
            open.focus();
            surface.use(block, made, { selected_option: option });
          },
        },
      },
      textObject(option.text),
    ),
  );
  list.append(...items);
  open.addEventListener("click", () => {
    show(list.hidden);
    if (!list.hidden) items[0].focus();
  });
  return el("span", { className: "holds-menu", on: { keydown: (event) => arrows(event, items, () => show(false), open) } }, open, list);
}

/** Arrow keys within a menu. */
export function arrows(event, items, close, back) {
  const at = items.indexOf(document.activeElement);
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step && at >= 0) items[(at + step + items.length) % items.length].focus();
  else if (event.key === "Escape") {
    close();
    back.focus();
  } else return;
  event.preventDefault();
  event.stopPropagation();
}

function text(made, block, surface, id) {
  const multiline = made.type === "plain_text_input" && made.multiline;
  const value = surface.held(block, made)?.value ?? made.initial_value ?? "";
  let timer = 0;
  const triggers = made.dispatch_action_config?.trigger_actions_on ?? ["on_enter_pressed"];
  const dispatch = (trigger) => {
    // Whoever has submitted the form, or left it, is not told that a field is there no more.
    const over = !node.isConnected || node.closest("[aria-busy=true]");
    if (block.dispatch_action && triggers.includes(trigger) && !over) surface.use(block, made, { value: node.value });
  };
  const node = el(multiline ? "textarea" : "input", {
    id,
    value,
    type: multiline ? null : TEXTS[made.type],
    inputmode: made.type === "number_input" ? "decimal" : null,
    rows: multiline ? 4 : null,
    placeholder: made.placeholder?.text,
    maxlength: made.max_length,
    autofocus: made.focus_on_load,
    autocomplete: "off",
    on: {
      input: () => {
        surface.hold(block, made, { value: node.value || null });
        clearTimeout(timer);
        timer = setTimeout(dispatch, 250, "on_character_entered");
      },
      keydown: (event) => {
        if (event.key === "Enter" && !multiline) dispatch("on_enter_pressed");
      },
    },
  });
  return node;
}

function richText(made, block, surface, id) {
  const node = el("textarea", {
    id,
    rows: 4,
    placeholder: made.placeholder?.text,
    on: {
      input: () => {
        const said = [{ type: "text", text: node.value }];
        const whole = { type: "rich_text", elements: [{ type: "rich_text_section", elements: said }] };
        surface.hold(block, made, { rich_text_value: node.value ? whole : null });
      },
    },
  });
  return node;
}

function menu(made, block, surface, id, options, name = "selected_option") {
  const many = name.endsWith("s");
  const held = surface.held(block, made);
  const initial = made[name.replace("selected", "initial")];
  const chosen = [held ? held[name] : initial].flat().filter(Boolean);
  return choice({
    id,
    many,
    needed: block.type === "input" && !block.optional,
    chosen: chosen.map(asOption),
    placeholder: made.placeholder?.text ?? "Choose",
    most: made.max_selected_items,
    least: made.min_query_length ?? (made.type.includes("external") ? 3 : 0),
    options: (query) => options(made, block, surface, query),
    changed: (picked) => {
      const values = picked.map((each) => each.raw);
      const state = { [name]: many ? values : (values[0] ?? null) };
      surface.hold(block, made, state);
      if (block.type !== "input" || block.dispatch_action) surface.use(block, made, state);
    },
  });
}

/** An option for the menu; what is no option of the app's is a person's or a channel's id. */
function asOption(raw) {
  if (typeof raw !== "string") return { text: raw.text.text, about: raw.description?.text, raw };
  const channel = store.channel(raw);
  return { text: channel ? `#${channel.name}` : (store.people[raw]?.name ?? raw), raw };
}

const matching = (options, query) =>
  options.filter((option) => option.text.toLowerCase().includes(query.toLowerCase()));

const listed = async (made, _block, _surface, query) =>
  matching([...(made.options ?? []), ...(made.option_groups ?? []).flatMap((group) => group.options)].map(asOption), query);

const asked = async (made, block, surface, query) => {
  const where = { ...surface.where, block_id: block.block_id, action_id: made.action_id };
  const { options } = await act("options", { ...where, value: query });
  return options.map(asOption);
};

const people = async (_made, _block, _surface, query) => matching(store.users.map(asOption), query);

const places = async (_made, _block, _surface, query) =>
  matching(store.channels.filter((channel) => !channel.user).map((channel) => asOption(channel.id)), query);

function picker(made, block, surface, id, type, name) {
  const held = surface.held(block, made);
  const value = (held ? held[name] : made[name.replace("selected", "initial")]) ?? "";
  return native(made, block, surface, { id, type, value }, (typed) => ({ [name]: typed || null }));
}

function dateTime(made, block, surface, id) {
  const held = surface.held(block, made);
  const stamp = held ? held.selected_date_time : made.initial_date_time;
  const value = stamp ? toZone(stamp, store.zone()) : "";
  return native(made, block, surface, { id, type: "datetime-local", value }, (typed) => ({
    selected_date_time: typed ? fromZone(typed, store.zone()) : null,
  }));
}

function native(made, block, surface, attributes, state) {
  const node = el("input", {
    ...attributes,
    className: "short",
    on: {
      change: () => {
        const now = state(node.value);
        surface.hold(block, made, now);
        if (block.type !== "input" || block.dispatch_action) surface.use(block, made, now);
      },
    },
  });
  return node;
}

function ticks(made, block, surface, id, type) {
  const many = type === "checkbox";
  const name = many ? "selected_options" : "selected_option";
  const held = surface.held(block, made);
  const chosen = [held ? held[name] : made[name.replace("selected", "initial")]].flat().filter(Boolean);
  const changed = () => {
    const picked = made.options.filter((_, index) => inputs[index].checked);
    const state = { [name]: many ? picked : (picked[0] ?? null) };
    surface.hold(block, made, state);
    if (block.type !== "input" || block.dispatch_action) surface.use(block, made, state);
  };
  const inputs = made.options.map((option) =>
    el("input", {
      type,
      name: id,
      checked: chosen.some((each) => each.value === option.value),
      on: { change: changed },
    }),
  );
  return el(
    "div",
    { className: "ticks", role: many ? "group" : "radiogroup", id },
    made.options.map((option, index) =>
      el(
        "label",
        {},
        inputs[index],
        el(
          "span",
          {},
          textObject(option.text),
          option.description && el("span", { className: "about" }, textObject(option.description)),
        ),
      ),
    ),
  );
}

