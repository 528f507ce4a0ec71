// What the page knows: everything the server told it, and who is looking at what.

export const store = {
  people: {},
  users: [],
  groups: {},
  channels: [],
  messages: [],
  stacks: {},
  homes: {},
  commands: [],
  shortcuts: [],
  wire: [],
  sockets: 0,
  phones: null,
  faults: {},
  guide: "",
  user: sessionStorage.getItem("user") || "U0ADA",
  place: "C0OPS",
  thread: null,
  tab: "messages",
  read: {},

  channel(id) {
    return this.channels.find((channel) => channel.id === id);
  },
  zone() {
    return this.people[this.user]?.tz;
  },
  /** The messages that this person sees in a channel. */
  seen(channel = this.place) {
    return this.messages.filter(
      (message) =>
        message.channel === channel && !message.deleted && (!message.only_for || message.only_for === this.user),
    );
  },
  stack() {
    return this.stacks[this.user] ?? [];
  },
};

const watchers = new Map();

/** Run something whenever one of these kinds of change arrives. */
export function on(kinds, run) {
  for (const kind of kinds.split(" ")) watchers.set(kind, [...(watchers.get(kind) ?? []), run]);
}

/** Tell everybody who watches a kind of change. */
export function tell(kind, data) {
  for (const run of watchers.get(kind) ?? []) run(data);
}

const APPLY = {
  all(data) {
    Object.assign(store, data);
    if (!store.users.includes(store.user)) store.user = store.users[0];
  },
  message(message) {
    const index = store.messages.findIndex((m) => m.ts === message.ts && m.channel === message.channel);
    if (index < 0) store.messages.push(message);
    else store.messages[index] = message;
  },
  views({ user, stack }) {
    store.stacks[user] = stack;
  },
  home({ user, view }) {
    store.homes[user] = view;
  },
  wire(crossing) {
    store.wire.push(crossing);
    if (store.wire.length > 1000) store.wire.shift();
  },
  sockets(count) {
    store.sockets = count;
  },
  phones(phones) {
    store.phones = phones;
  },
  faults(faults) {
    store.faults = faults;
  },
  guide(caption) {
    store.guide = caption;
  },
};

/** Listen to the server for as long as the page is open; the browser connects again by itself. */
export function listen() {
  const source = new EventSource("/page/events");
  source.onmessage = ({ data }) => {
    const event = JSON.parse(data);
    APPLY[event.kind]?.(event.data);
    tell(event.kind, event.data);
  };
  source.onopen = () => document.body.classList.remove("away");
  source.onerror = () => document.body.classList.add("away");
}

/** Do something; what the server answers. Throws with the reason when it does not. */
export async function act(what, body = {}) {
  const response = await fetch(`/page/do/${what}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ user: store.user, ...body }),
  });
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.error ?? `status ${response.status}`);
  return answer;
}
