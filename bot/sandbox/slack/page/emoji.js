// Slack's names of emoji; one that is not here is shown by its name, as Slack shows unknown ones.

const NAMES = {
  "white_check_mark": "✅", "heavy_check_mark": "✔️", "ballot_box_with_check": "☑️", "x": "❌", "warning": "⚠️",
  "rotating_light": "🚨", "no_entry": "⛔", "no_entry_sign": "🚫", "stop_sign": "🛑", "octagonal_sign": "🛑",
  "hourglass_flowing_sand": "⏳", "hourglass": "⌛", "grey_question": "❔", "question": "❓",
  "grey_exclamation": "❕", "exclamation": "❗", "bangbang": "‼️", "information_source": "ℹ️", "bulb": "💡", "tada": "🎉",
  "moneybag": "💰", "money_with_wings": "💸", "dollar": "💵", "credit_card": "💳", "chart_with_upwards_trend": "📈",
  "chart_with_downwards_trend": "📉", "bar_chart": "📊", "email": "✉️", "envelope": "✉️", "incoming_envelope": "📨",
  "envelope_with_arrow": "📩", "e-mail": "📧", "love_letter": "💌", "mailbox": "📫", "mailbox_with_mail": "📬",
  "postbox": "📮", "package": "📦", "outbox_tray": "📤", "inbox_tray": "📥", "fax": "📠", "phone": "☎️",
  "telephone": "☎️", "telephone_receiver": "📞", "iphone": "📱", "calling": "📲", "speech_balloon": "💬",
  "left_speech_bubble": "🗨️", "thought_balloon": "💭", "loudspeaker": "📢", "mega": "📣", "bell": "🔔", "no_bell": "🔕",
  "mute": "🔇", "speaker": "🔈", "sound": "🔉", "loud_sound": "🔊", "clock1": "🕐", "clock3": "🕒", "clock9": "🕘",
  "alarm_clock": "⏰", "stopwatch": "⏱️", "timer_clock": "⏲️", "calendar": "📅", "date": "📅",
  "spiral_calendar_pad": "🗓️", "zzz": "💤", "lock": "🔒", "unlock": "🔓", "key": "🔑", "mag": "🔍", "link": "🔗",
  "paperclip": "📎", "page_facing_up": "📄", "page_with_curl": "📃", "memo": "📝", "pencil": "📝", "pencil2": "✏️",
  "clipboard": "📋", "pushpin": "📌", "file_folder": "📁", "open_file_folder": "📂", "wastebasket": "🗑️", "gear": "⚙️",
  "wrench": "🔧", "hammer_and_wrench": "🛠️", "robot_face": "🤖", "wave": "👋", "+1": "👍", "thumbsup": "👍",
  "-1": "👎", "thumbsdown": "👎", "ok_hand": "👌", "raised_hands": "🙌", "pray": "🙏", "eyes": "👀", "muscle": "💪",
  "clap": "👏", "point_right": "👉", "point_left": "👈", "point_up": "☝️", "point_down": "👇", "raised_hand": "✋",
  "heart": "❤️", "green_heart": "💚", "broken_heart": "💔", "star": "⭐", "sparkles": "✨", "fire": "🔥",
  "zap": "⚡", "boom": "💥", "rocket": "🚀", "sunny": "☀️", "cloud": "☁️", "umbrella": "☔", "snowflake": "❄️",
  "smile": "😄", "slightly_smiling_face": "🙂", "grinning": "😀", "joy": "😂", "wink": "😉", "blush": "😊", "thinking_face": "🤔",
  "neutral_face": "😐", "confused": "😕", "worried": "😟", "cry": "😢", "sob": "😭", "scream": "😱", "rage": "😡",
  "sunglasses": "😎", "partying_face": "🥳", "red_circle": "🔴", "large_orange_circle": "🟠",
  "large_yellow_circle": "🟡", "large_green_circle": "🟢", "large_blue_circle": "🔵", "white_circle": "⚪", "black_circle": "⚫",
  "large_green_square": "🟩", "large_red_square": "🟥", "arrow_right": "➡️", "arrow_left": "⬅️", "arrow_up": "⬆️",
  "arrow_down": "⬇️", "arrows_counterclockwise": "🔄", "repeat": "🔁", "leftwards_arrow_with_hook": "↩️",
  "black_square_for_stop": "⏹️", "double_vertical_bar": "⏸️", "arrow_forward": "▶️", "heavy_plus_sign": "➕",
  "heavy_minus_sign": "➖", "busts_in_silhouette": "👥", "bust_in_silhouette": "👤", "globe_with_meridians": "🌐",
  "earth_africa": "🌍", "construction": "🚧", "sos": "🆘", "new": "🆕", "free": "🆓", "ok": "🆗", "100": "💯",
  "one": "1️⃣", "two": "2️⃣", "three": "3️⃣", "shield": "🛡️", "passport_control": "🛂", "crossed_flags": "🎌", "checkered_flag": "🏁",
  "art": "🎨", "ledger": "📒", "books": "📚", "receipt": "🧾", "printer": "🖨️", "camera": "📷", "hospital": "🏥", "tooth": "🦷",
};

/** The emoji of a name; the name between its colons where there is none. */
export function emoji(name) {
  const flag = /^flag-([a-z]{2})$/.exec(name);
  if (flag) return String.fromCodePoint(...[...flag[1]].map((c) => 0x1f1e6 + c.charCodeAt(0) - 97));
  return Object.hasOwn(NAMES, name) ? NAMES[name] : `:${name}:`;
}
