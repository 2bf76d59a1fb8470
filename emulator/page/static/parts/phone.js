// The recipient's phone: each message as it looks there, or that it never came. Nothing that it links to is fetched,
// unless this page was asked for with ?remote.
import { call } from "../lib/api.js";
import { html, useState } from "../lib/html.js";
import { remote } from "../lib/remote.js";
import { trying } from "../lib/say.js";
import { clock, ms } from "../lib/words.js";
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
          ${shown.length === 0 && html`<p class="nothing">Nothing has arrived${flow.status === "Failed" ? ", and nothing will" : " yet"}.</p>`}
          ${shown.map((message) => html`<${Shown} key=${message.step} message=${message} flow=${flow} refresh=${refresh} />`)}
        </div>
      </div>
      ${missing.length > 0 && html`<p><label class="check"><input type="checkbox" checked=${all} onChange=${(event) => setAll(event.target.checked)} /> Show what has not arrived: ${missing.map((message) => message.channel).join(", ")}</label></p>`}
      ${linked && html`<p><a href=${`${location.pathname}${remote ? "" : "?remote"}${location.hash}`}>${remote ? "Stop fetching pictures" : "Fetch the pictures from where they are"}</a></p>`}
    </aside>
  `;
}

function Shown({ message, flow, refresh }) {
  const Shape = SHAPES[message.channel];
  const replies = flow.journal.filter((entry) => entry.kind === "reply" && entry.data.step === message.step).map(({ data }) => [data.media && `[${data.filename || data.media}]`, data.message].filter(Boolean).join(" "));
  return html`
    <article class=${`thread thread-${message.channel.toLowerCase()} ${message.arrived ? "" : "missing"}`} aria-label=${`${message.channel} from ${message.from}`}>
      ${!message.arrived && html`<p class="note">not arrived: ${message.status}</p>`}
      <${Shape} message=${message} replies=${replies} />
      ${(message.answerable || message.channel === "Sms") && message.arrived && html`<${Reply} flow=${flow} sms=${message.channel === "Sms"} refresh=${refresh} />`}
    </article>
  `;
}

// A reply goes to the inboundUrl of a Viber message, or to the URL of the number that an Sms came from, which is kept
// for the next one.
let number = "";

function Reply({ flow, sms, refresh }) {
  const send = async (event) => {
    event.preventDefault();
    const form = event.target;
    const given = Object.fromEntries([...new FormData(form)].filter(([, value]) => value));
    const told = await trying(() => call("POST", `/flows/${encodeURIComponent(flow.trackingId)}/replies`, given), `The reply went to the ${sms ? "number's URL" : "inboundUrl"}.`);
    if (told) form.reset();
    refresh();
  };
  return html`<form class="reply" onSubmit=${send}>
    <input name="message" required=${sms} placeholder="Reply as the recipient" aria-label="Reply as the recipient" autocomplete="off" /><button aria-label="Send the reply"><${SendIcon} /></button>
    ${sms
      ? html`<input name="url" type="url" required defaultValue=${number} onChange=${(event) => (number = event.target.value)} placeholder="URL of the number" aria-label="URL of the number" />`
      : html`<details><summary>With a picture or file</summary><input name="media" type="url" placeholder="Its URL" aria-label="URL of the picture or file" /><input name="filename" placeholder="Its name" aria-label="Name of the file" /></details>`}
  </form>`;
}
