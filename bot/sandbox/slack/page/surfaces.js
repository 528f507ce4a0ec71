// Where blocks stand, and what using an element there does.

import { confirmed } from "./dialogs.js";
import { toast } from "./dom.js";
import { act } from "./store.js";

async function used(where, block, made, chosen, values) {
  const ask = made.confirm ?? null;
  if (!(await confirmed(ask))) return;
  const named = { block_id: block.block_id, action_id: made.action_id };
  try {
    const { error } = await act("act", { ...where, ...named, chosen, values });
    if (error) toast(`That did not work: ${error}`);
  } catch (problem) {
    toast(String(problem.message));
  }
}

/** A message's surface; what its inputs hold is forgotten with it. */
export function messageSurface(message) {
  const where = { channel: message.channel, ts: message.ts };
  const held = {};
  return surface(where, held, (block, made, chosen) => used(where, block, made, chosen, held));
}

/** A view's surface; `values` is what its inputs hold, by block and action id. */
export function viewSurface(view, values) {
  const where = { view_id: view.id };
  const use = (block, made, chosen) => used(where, block, made, chosen, values);
  return { ...surface(where, values, use), modal: view.type === "modal" };
}

function surface(where, values, use) {
  return {
    where,
    use,
    errors: {},
    held: (block, made) => values[block.block_id]?.[made.action_id],
    hold: (block, made, state) => {
      (values[block.block_id] ??= {})[made.action_id] = { type: made.type, ...state };
    },
  };
}
