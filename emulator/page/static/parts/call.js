// A call: what is said and played, as captions.
import { html } from "../lib/html.js";
import { plural, visible } from "../lib/words.js";
import { PhoneIcon } from "./icons.js";
import { Link } from "./link.js";

export function Call({ message: { from, status, seen, verbs } }) {
  return html`
    <header class="ringing"><span class="avatar"><${PhoneIcon} /></span><b>${from}</b><span>${seen ? "answered" : status}</span></header>
    <ol class="captions">
      ${verbs.map((verb, index) => html`<li key=${index} class=${seen ? "" : "unheard"}><${Verb} verb=${verb} /></li>`)}
    </ol>
    ${!seen && html`<p class="note">Not heard: nobody took the call.</p>`}
  `;
}

function Verb({ verb }) {
  const times = verb.repeat ? html` <small>${verb.repeat < 0 ? "repeated without end" : `repeated ${plural(verb.repeat, "time")}`}</small>` : null;
  if (verb.type === "PLAY") return html`<span aria-hidden="true">♪ </span><${Link} url=${verb.fileURL}>${verb.fileURL}<//>${times}`;
  if (!verb.message) return html`${verb.type}${verb.type === "PAUSE" && ` of ${verb.duration} s`}${verb.type === "COLLECT" && html` of keys for <${Link} url=${verb.eventUrl}>${verb.eventUrl}<//>`}`;
  const { text, language, gender } = verb.message;
  return html`“<span lang=${language}>${visible(text)}</span>” <small>${[language, gender].filter(Boolean).join(", ")}</small>${times}`;
}
