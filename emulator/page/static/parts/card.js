// A flow on the board, in short. It leads to the whole of it.
import { html } from "../lib/html.js";
import { link } from "../lib/route.js";
import { CODES, clock, day, ms, tone, visible } from "../lib/words.js";
import { Trail } from "./trail.js";

export function Card({ card }) {
  const last = card.tried[card.tried.length - 1];
  const status = last ? last.status : card.status;
  const at = ms(card.updatedAt);
  return html`
    <li class="card" data-flow=${card.id}>
      <a href=${link("flows", card.id)}>
        <span class="to">${card.to}</span>
        <span class=${`status ${tone(status)}`}>${status}</span>
        <span class="text">${card.text ? visible(card.text) : "(no text)"}</span>
        <${Trail} channels=${card.channels} tried=${card.tried} />
        ${card.status === "Failed" && html`<span class="why">${CODES[card.statusCode]}</span>`}
        <span class="foot"><time datetime=${card.updatedAt} title=${`${day(at)} ${clock(at)} UTC`}>${clock(at)}</time> <span>${card.application}</span></span>
      </a>
    </li>
  `;
}
