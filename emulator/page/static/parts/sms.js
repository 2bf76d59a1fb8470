// An Sms: its text, where it is cut if it goes out in several parts, and what its recipient answers.
import { html } from "../lib/html.js";
import { plural } from "../lib/numbers.js";
import { clock, ms } from "../lib/times.js";
import { visible } from "../lib/words.js";
import { Replies } from "./replies.js";

export function Sms({ message: { from, at, arrived, texts, unicode, flash }, replies }) {
  return html`
    <header><b>${from}</b></header>
    <div class="bubble">
      <p class="words" dir="auto">${texts.map((text, index) => html`<span key=${index} class="part" title=${`part ${index + 1} of ${texts.length}`}>${visible(text)}</span>`)}</p>
      <p class="when">${arrived && clock(ms(at)).slice(0, 5)}</p>
    </div>
    <p class="note">${flash ? "flash message, " : ""}${plural(texts.length, "part")}, ${unicode ? "Unicode" : "GSM-7"}</p>
    <${Replies} replies=${replies} />
  `;
}
