// The latest flows, of which some are chosen to be written as a scenario that replays them.
import { query } from "../lib/api.js";
import { html, useState } from "../lib/html.js";
import { useAsked } from "../lib/live.js";
import { plural } from "../lib/numbers.js";
import { link } from "../lib/route.js";
import { moment } from "../lib/times.js";
import { LOADING, NEW, NONE, tone } from "../lib/words.js";
import { PhoneNumber } from "../parts/number.js";

const LATEST = 20;

export function Happened({ application }) {
  const { data, error } = useAsked(query("/board/list", { application, limit: LATEST }));
  const [chosen, choose] = useState(new Set());
  if (!data) return html`<p role=${error ? "alert" : "status"}>${error ? error.message : LOADING}</p>`;
  if (data.cards.length === 0) return html`<p>${NONE}</p>`;
  const pick = (id, on) => choose(new Set([...[...chosen].filter((each) => each !== id), ...(on ? [id] : [])]));
  const write = () => (location.hash = link("scenarios", NEW, { application, flows: [...chosen].join(",") }));
  return html`
    <ul class="recorded" aria-label="Latest flows">${data.cards.map((card) => html`<li key=${card.id}><label>
      <input type="checkbox" checked=${chosen.has(card.id)} onChange=${(event) => pick(card.id, event.target.checked)} />
      <span><time datetime=${card.createdAt}>${moment(card.createdAt)}</time> <${PhoneNumber} number=${card.to} /> <span class=${`status ${tone(card.status)}`}>${card.status}</span> ${card.why}</span>
    </label></li>`)}</ul>
    <p class="row"><button type="button" disabled=${chosen.size === 0} onClick=${write}>Write ${chosen.size ? plural(chosen.size, "flow") : "them"} as a scenario</button> ${data.total > LATEST && html`<a href=${link("board", "", { view: "list" })}>Choose older ones in the list</a>`}</p>
  `;
}
