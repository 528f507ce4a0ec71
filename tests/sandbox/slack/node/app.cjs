// A small app on Slack's own Bolt for JavaScript; it says "ready" when it is.
const { App, LogLevel } = require("@slack/bolt");

const socketMode = process.env.MODE === "socket";
const app = new App({
  token: process.env.SLACK_BOT_TOKEN,
  appToken: socketMode ? process.env.SLACK_APP_TOKEN : undefined,
  signingSecret: process.env.SLACK_SIGNING_SECRET,
  socketMode,
  logLevel: LogLevel.ERROR,
  clientOptions: { slackApiUrl: process.env.SLACK_API_URL },
});

const plain = (text) => ({ type: "plain_text", text });
const view = {
  type: "modal",
  callback_id: "order",
  title: plain("Order"),
  submit: plain("Order"),
  blocks: [
    {
      type: "input",
      block_id: "dish",
      label: plain("Dish"),
      element: { type: "plain_text_input", action_id: "dish" },
    },
  ],
};

app.command("/order", async ({ ack, body, client }) => {
  await ack();
  await client.views.open({ trigger_id: body.trigger_id, view });
});

app.view("order", async ({ ack, body, view: submitted, client }) => {
  const dish = submitted.state.values.dish.dish.value;
  if (dish === "no") {
    await ack({ response_action: "errors", errors: { dish: "Why not?" } });
    return;
  }
  await ack();
  const button = { type: "button", action_id: "eat", text: plain("Eat"), value: dish };
  await client.chat.postMessage({
    channel: "C0OPS",
    text: `<@${body.user.id}> orders ${dish}`,
    blocks: [{ type: "actions", elements: [button] }],
  });
});

app.action("eat", async ({ ack, respond, action }) => {
  await ack();
  await respond({ text: `${action.value} is gone`, replace_original: true });
});

app.event("app_mention", async ({ event, say }) => {
  await say({ text: `You said: ${event.text}`, thread_ts: event.ts });
});

app.start(Number(process.env.PORT)).then(() => console.log("ready"));
