// A call: what is said and played, as captions; while it rings, it can be answered or declined.
import { html } from "../lib/html.js";
import { plural } from "../lib/numbers.js";
import { tone, visible } from "../lib/words.js";
import { Act } from "./act.js";
import { PhoneIcon } from "./icons.js";
import { Link } from "./link.js";

const TIMES = { 1: "once", 2: "twice" };

// `report` has the channel report a status; `offers` are those that it could.
export function Call({ message: { from, status, seen, verbs }, over, offers, report }) {
  const ringing = !seen && !over && tone(status) === "going";
  const acts = [["Answer", ["InProgress", "Completed"]], ["Decline", ["Busy"]]];
  return html`
    <header class=${`ringing ${ringing ? "rings" : ""}`}><span class="avatar"><${PhoneIcon} /></span><b>${from}</b><span>${seen ? "answered" : ringing ? "ringing…" : status}</span>
      ${ringing && html`<p class="row calling">${acts.map(([name, statuses]) => {
        const status = statuses.find((each) => offers.includes(each));
        return status && html`<${Act} key=${name} class=${tone(status) === "bad" ? "decline" : "answer"} act=${() => report(status)}>${name}<//>`;
      })}</p>`}
    </header>
    <ol class="captions">
      ${verbs.map((verb, index) => html`<li key=${index} class=${seen ? "" : "unheard"}><${Verb} verb=${verb} /></li>`)}
    </ol>
    ${!seen && !ringing && html`<p class="note">Not heard: nobody took the call.</p>`}
  `;
}

function Verb({ verb }) {
  const count = verb.repeat > 0 ? verb.repeat + 1 : 1;
  const times = verb.repeat ? html` <small>${verb.repeat < 0 ? "played without end" : `played ${TIMES[count] ?? plural(count, "time")}`}</small>` : null;
  if (verb.type === "PLAY") return html`<span aria-hidden="true">♪ </span><${Link} url=${verb.fileURL}>${verb.fileURL}<//>${times}`;
  if (!verb.message) return html`${verb.type}${verb.type === "PAUSE" && ` of ${verb.duration} s`}${verb.type === "COLLECT" && html` of keys for <${Link} url=${verb.eventUrl}>${verb.eventUrl}<//>`}`;
  const { text, language, gender } = verb.message;
  return html`“<span lang=${language} dir="auto">${visible(text)}</span>” <small>${[language, gender].filter(Boolean).join(", ")}</small>${times}`;
}
