// The recipient's phone: each message as it looks there, or that it never came. Nothing that it links to is fetched,
// unless this page was asked for with ?remote.
import { call } from "../lib/api.js";
import { html, useState } from "../lib/html.js";
import { useDraft } from "../lib/kept.js";
import { remote } from "../lib/remote.js";
import { trying, useBusy } from "../lib/say.js";
import { posts } from "../lib/story.js";
import { clock, ms } from "../lib/times.js";
import { STANDING, standing } from "../lib/words.js";
import { Call } from "./call.js";
import { SendIcon } from "./icons.js";
import { Sms } from "./sms.js";
import { Viber } from "./viber.js";

const SHAPES = { Sms, Viber, Voice: Call };

export function Phone({ flow, refresh }) {
  const [all, setAll] = useState(false);
  const shown = flow.phone.filter((message) => message.arrived || all);
  const missing = flow.phone.filter((message) => !message.arrived);
  const linked = flow.phone.some((message) => message.picture || (message.message && (message.message.imageUrl || message.message.viberVideo)));
  return html`
    <aside class="phone-side" aria-label="The recipient's phone">
      <div class="phone">
        <div class="phone-top" aria-hidden="true"><span>${clock(ms(flow.updatedAt)).slice(0, 5)}</span><span class="notch"></span><span class="signal"></span></div>
        <div class="screen" role="region" aria-label="Screen" tabindex="0">
          ${shown.length === 0 && html`<p class="nothing">${flow.status === "Failed" ? "Nothing was delivered" : "Nothing has arrived yet"}.</p>`}
          ${shown.map((message) => html`<${Shown} key=${message.step} message=${message} flow=${flow} refresh=${refresh} />`)}
        </div>
      </div>
      ${missing.length > 0 && html`<p><label class="check"><input type="checkbox" checked=${all} onChange=${(event) => setAll(event.target.checked)} /> Show what has not arrived: ${missing.map((message) => message.channel).join(", ")}</label></p>`}
      ${linked && html`<p><a href=${`${location.pathname}${remote ? "" : "?remote"}${location.hash}`}>${remote ? "Don't load remote images" : "Load remote images"}</a></p>`}
    </aside>
  `;
}

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
      ${(message.answerable || sms) && message.arrived && html`<${Reply} flow=${flow} sms=${sms} refresh=${refresh} />`}
    </article>
  `;
}

// A reply goes to the inboundUrl of a Viber message, or to the URL of the number that an Sms came from, which is kept
// for the next one. What is typed is kept until it was sent.
function Reply({ flow, sms, refresh }) {
  const [text, setText] = useDraft(`reply:${flow.trackingId}`, "");
  const [url, setUrl] = useDraft("number-url", "");
  const [media, setMedia] = useDraft(`media:${flow.trackingId}`, "");
  const [filename, setFilename] = useDraft(`filename:${flow.trackingId}`, "");
  const [busy, run] = useBusy();
  const send = (event) => {
    event.preventDefault();
    return run(async () => {
      const members = sms ? { message: text, url } : { message: text, media, filename };
      const given = Object.fromEntries(Object.entries(members).filter(([, value]) => value));
      if (await trying(() => call("POST", `/flows/${encodeURIComponent(flow.trackingId)}/replies`, given))) [setText, setMedia, setFilename].forEach((set) => set(""));
      refresh();
    });
  };
  const typed = (set) => (event) => set(event.target.value);
  return html`<form class="reply" onSubmit=${send}>
    <input name="message" required=${sms} value=${text} onInput=${typed(setText)} placeholder="Reply as the recipient" aria-label="Reply as the recipient" autocomplete="off" dir="auto" /><button aria-label="Send the reply" aria-busy=${busy ? "true" : null}><${SendIcon} /></button>
    ${sms
      ? html`<input name="url" type="url" required value=${url} onInput=${typed(setUrl)} placeholder="URL of the number" aria-label="URL of the number" />`
      : html`<details><summary>With a picture or file</summary><input name="media" type="url" value=${media} onInput=${typed(setMedia)} placeholder="Its URL" aria-label="URL of the picture or file" /><input name="filename" value=${filename} onInput=${typed(setFilename)} placeholder="Its name" aria-label="Name of the file" /></details>`}
  </form>`;
}
