// Wall-clock times in the time zone of whoever looks, whatever the browser's own is.

/** Unix seconds as `YYYY-MM-DDTHH:MM` in a zone. */
export function toZone(stamp, timeZone) {
  const parts = { year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
  const text = new Date(stamp * 1000).toLocaleString("sv-SE", { ...parts, timeZone });
  return text.replace(" ", "T");
}

/** `YYYY-MM-DDTHH:MM` in a zone as Unix seconds. */
export function fromZone(text, timeZone) {
  const wanted = Date.parse(`${text}Z`) / 1000;
  let stamp = wanted;
  for (let turn = 0; turn < 2; turn += 1) {
    stamp += wanted - Date.parse(`${toZone(stamp, timeZone)}Z`) / 1000;
  }
  return stamp;
}

/** The time of a message, in a zone. */
export const clock = (stamp, timeZone) =>
  new Date(stamp * 1000).toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit", timeZone });
