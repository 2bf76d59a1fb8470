// An Sms: its text, where it is cut if it goes out in several parts, and what its recipient answers.
import { html } from "../lib/html.js";
import { plural } from "../lib/numbers.js";
import { visible } from "../lib/words.js";
import { Replies } from "./replies.js";
import { Ticks } from "./ticks.js";

export function Sms({ message, replies }) {
  const { from, texts, unicode, flash } = message;
  return html`
    <header><span class="avatar" aria-hidden="true">${from.slice(0, 1)}</span><b>${from}</b> <small>Sms</small></header>
    <div class="bubble">
      <p class="words" dir="auto">${texts.map((text, index) => html`<span key=${index} class="part" title=${`part ${index + 1} of ${texts.length}`}>${visible(text)}</span>`)}</p>
      <${Ticks} message=${message} />
    </div>
    <p class="note">${flash ? "flash message, " : ""}${plural(texts.length, "part")}, ${unicode ? "Unicode" : "GSM-7"}</p>
    <${Replies} replies=${replies} />
  `;
}
