// A file input: choose or drop; the bytes go to the server at once, the form holds their ids.

import { el, toast } from "./dom.js";
import { store } from "./store.js";

export async function uploaded(file) {
  const query = new URLSearchParams({ user: store.user, name: file.name });
  const headers = { "content-type": "application/octet-stream" };
  const response = await fetch(`/page/upload?${query}`, { method: "POST", headers, body: file });
  if (response.ok) return response.json();
  toast(`${file.name} could not be uploaded.`);
  return null;
}

export function upload(made, block, surface, id) {
  let files = surface.held(block, made)?.files ?? [];
  const most = made.max_files ?? 10;
  const kinds = made.filetypes ?? [];
  const list = el("ul", { className: "files" });
  const field = el("input", {
    id,
    type: "file",
    multiple: most > 1,
    accept: kinds.map((kind) => `.${kind}`).join(",") || null,
    on: { change: () => take(field.files) },
  });
  const area = el(
    "div",
    {
      className: "drop",
      on: {
        dragover: (event) => {
          event.preventDefault();
          area.classList.add("over");
        },
        dragleave: () => area.classList.remove("over"),
        drop: (event) => {
          event.preventDefault();
          area.classList.remove("over");
          take(event.dataTransfer.files);
        },
      },
    },
    field,
    el("span", { className: "about" }, "or drop it here"),
  );

  async function take(given) {
    for (const file of given) {
      if (files.length >= most) toast(`At most ${most} file${most === 1 ? "" : "s"} here.`);
      else if (kinds.length && !kinds.includes(file.name.split(".").pop().toLowerCase())) {
        toast(`${file.name} is none of ${kinds.join(", ")}.`);
      } else await send(file);
    }
    field.value = "";
  }

  async function send(file) {
    const sent = await uploaded(file);
    if (!sent) return;
    files = [...files, sent];
    changed();
  }

  function changed() {
    surface.hold(block, made, { files });
    draw();
  }

  function draw() {
    area.hidden = files.length >= most;
    list.replaceChildren(
      ...files.map((file) =>
        el(
          "li",
          {},
          `📄 ${file.name} `,
          el("span", { className: "about" }, size(file.size)),
          el(
            "button",
            {
              type: "button",
              className: "quiet",
              "aria-label": `Remove ${file.name}`,
              on: {
                click: () => {
                  files = files.filter((each) => each !== file);
                  changed();
                },
              },
            },
            "×",
          ),
        ),
      ),
    );
  }

  draw();
  return el("div", { className: "upload" }, area, list);
}

const size = (bytes) => (bytes < 1000 ? `${bytes} B` : bytes < 1e6 ? `${(bytes / 1e3).toFixed(1)} kB` : `${(bytes / 1e6).toFixed(1)} MB`);
