// When a message came, and how far it has got: under way, delivered, seen.
import { html } from "../lib/html.js";
import { clock, ms } from "../lib/times.js";

export function Ticks({ message: { at, arrived, seen, status } }) {
  if (!arrived) return html`<p class="when">${status === "Sent" || status === "QUEUED" ? html`<span title="sent"><span aria-hidden="true">✓</span> sent</span>` : ""}</p>`;
  return html`<p class=${`when ${seen ? "seen" : ""}`}>${clock(ms(at)).slice(0, 5)} <span title=${seen ? "seen" : "delivered"}><span aria-hidden="true">✓✓</span> ${seen ? "seen" : html`<span class="hidden">delivered</span>`}</span></p>`;
}
