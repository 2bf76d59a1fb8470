// The messages of a flow on its recipient's phone, each in the manner of its app, with what the recipient can do: read it,
// answer, decline, reply.
import { call } from "../lib/api.js";
import { html } from "../lib/html.js";
import { useDraft } from "../lib/kept.js";
import { root } from "../lib/root.js";
import { trying, useBusy } from "../lib/say.js";
import { posts } from "../lib/story.js";
import { STANDING, standing } from "../lib/words.js";
import { Act } from "./act.js";
import { Call } from "./call.js";
import { SendIcon } from "./icons.js";
import { Sms } from "./sms.js";
import { Viber } from "./viber.js";

const SHAPES = { Sms, Viber, Voice: Call };

export const Threads = ({ flow, refresh, shown }) => shown.map((message) => html`<${Shown} key=${`${flow.trackingId}/${message.step}`} message=${message} flow=${flow} refresh=${refresh} />`);

const whereTo = (sms) => (sms ? "the number's URL" : "the inboundUrl");

// A reply, and what came of it where it was posted.
function replies(flow, step, sms) {
  const posted = new Map(posts(flow).map((post) => [post.id, post]));
  return flow.journal
    .filter((entry) => entry.kind === "reply" && entry.data.step === step)
    .map(({ data }) => {
      const post = posted.get(data.callback);
      const how = post ? standing(post) : "waiting";
      const last = post?.attempts.at(-1);
      const told = { waiting: `on its way to ${whereTo(sms)}`, received: `received at ${whereTo(sms)}` }[how] ?? `${how} at ${whereTo(sms)}: ${last?.status ?? ""} ${last?.answer ?? ""}`;
      const message = [data.media && `[${data.filename || data.media}]`, data.message].filter(Boolean).join(" ");
      return { message, told, tone: STANDING[how] };
    });
}

function Shown({ message, flow, refresh }) {
  const Shape = SHAPES[message.channel];
  const sms = message.channel === "Sms";
  const over = flow.status === "Succeeded" || flow.status === "Failed";
  const offers = flow.offers.find(({ step }) => step === message.step)?.statuses ?? [];
  const report = async (status) => {
    await trying(() => call("POST", `/flows/${encodeURIComponent(flow.trackingId)}/reports`, { step: message.step, status }), `${message.channel} reported ${status}.`);
    refresh();
  };
  return html`
    <article class=${`thread thread-${message.channel.toLowerCase()} ${message.arrived ? "" : "missing"}`} aria-label=${`${message.channel} from ${message.from}`}>
      ${!message.arrived && html`<p class="note missed">not arrived: ${message.status}</p>`}
      <${Shape} message=${message} replies=${replies(flow, message.step, sms)} over=${over} offers=${offers} report=${report} />
      ${message.channel === "Viber" && message.arrived && offers.includes("SEEN") && html`<p class="read"><${Act} act=${() => report("SEEN")}>Read it<//></p>`}
      ${(message.answerable || sms) && message.arrived && html`<${Reply} flow=${flow} sms=${sms} refresh=${refresh} />`}
    </article>
  `;
}

// A reply goes to the inboundUrl of a Viber message, or to the URL of the number that an Sms came from, which is kept
// for the next one. What is typed is kept until it was sent.
function Reply({ flow, sms, refresh }) {
  const [text, setText] = useDraft(`reply:${flow.trackingId}`, "");
  const [url, setUrl] = useDraft("number-url", `${root}/_emulator/sink`);
  const [media, setMedia] = useDraft(`media:${flow.trackingId}`, "");
  const [filename, setFilename] = useDraft(`filename:${flow.trackingId}`, "");
  const [busy, run] = useBusy();
  const send = (event) => {
    event.preventDefault();
    return run(async () => {
      const members = sms ? { text, url } : { text, media, filename };
      const given = Object.fromEntries(Object.entries(members).filter(([, value]) => value));
      if (await trying(() => call("POST", `/flows/${encodeURIComponent(flow.trackingId)}/replies`, given))) [setText, setMedia, setFilename].forEach((set) => set(""));
      refresh();
    });
  };
  const typed = (set) => (event) => set(event.target.value);
  return html`<form class="reply" onSubmit=${send}>
    <input name="message" required=${sms} value=${text} onInput=${typed(setText)} placeholder="Reply as the recipient" aria-label="Reply as the recipient" autocomplete="off" dir="auto" /><button aria-label="Send the reply" aria-busy=${busy ? "true" : null}><${SendIcon} /></button>
    ${sms
      ? html`<input name="url" type="url" required value=${url} onInput=${typed(setUrl)} placeholder="URL of the number" aria-label="URL of the number" /><small>An Sms names no URL for replies: the provider posts them to the one set for the number it came from. Here, this one.</small>`
      : html`<details><summary>With a picture or file</summary><input name="media" type="url" value=${media} onInput=${typed(setMedia)} placeholder="Its URL" aria-label="URL of the picture or file" /><input name="filename" value=${filename} onInput=${typed(setFilename)} placeholder="Its name" aria-label="Name of the file" /></details>`}
  </form>`;
}
