// A flow on the board, in short. It leads to the whole of it, and is chosen to be compared.
import { html } from "../lib/html.js";
import { link } from "../lib/route.js";
import { clock, day, ms } from "../lib/times.js";
import { ended, rescuedBy, tone, visible } from "../lib/words.js";
import { Pick } from "./chosen.js";
import { PhoneNumber } from "./number.js";
import { Trail } from "./trail.js";

export function Card({ card, picked, pick }) {
  const over = card.status === "Succeeded" || card.status === "Failed";
  const last = card.tried[card.tried.length - 1];
  const status = last && ended(last.status, over) !== "stopped" ? last.status : card.status;
  const at = ms(card.updatedAt);
  return html`
    <li class="card" data-flow=${card.id}>
      <a href=${link("flows", card.id)}>
        <span class="to"><${PhoneNumber} number=${card.to} /></span>
        <span class=${`status ${tone(status)}`}>${status}</span>
        <span class="text" dir="auto">${card.text ? visible(card.text) : "(no text)"}</span>
        <${Trail} channels=${card.channels} tried=${card.tried} over=${over} />
        ${card.status === "Succeeded" && card.tried.length > 1 && html`<span class="rescued">${rescuedBy(last.channel)}</span>`}
        ${card.why && html`<span class="why">${card.why}</span>`}
        <span class="foot"><time datetime=${card.updatedAt} title=${`${day(at)} ${clock(at)} UTC`}>${clock(at)}</time> <span>${card.application}</span></span>
      </a>
      <label class="pick"><${Pick} id=${card.id} picked=${picked} pick=${pick} /></label>
    </li>
  `;
}
