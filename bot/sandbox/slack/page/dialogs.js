// Confirm dialogs.

import { el, fresh } from "./dom.js";
import { plain, textObject } from "./mrkdwn.js";

/** Ask what an element asks before it counts; whether the answer was yes. */
export function confirmed(ask) {
  if (!ask) return Promise.resolve(true);
  return new Promise((resolve) => {
    const title = fresh("title");
    const yes = el(
      "button",
      { className: `button ${ask.style ?? "primary"}`, value: "yes" },
      plain(ask.confirm.text),
    );
    const dialog = el(
      "dialog",
      { className: "ask", "aria-labelledby": title },
      el(
        "form",
        { method: "dialog" },
        el("h2", { id: title }, plain(ask.title.text)),
        el("p", {}, textObject(ask.text)),
        el("div", { className: "buttons" }, el("button", { className: "button", value: "no" }, plain(ask.deny.text)), yes),
      ),
    );
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(dialog.returnValue === "yes");
    });
    document.body.append(dialog);
    dialog.showModal();
  });
}
