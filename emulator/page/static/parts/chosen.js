// Flows that are chosen by their boxes, among those that are shown; two to four of them can be compared.
import { html, useState } from "../lib/html.js";
import { link } from "../lib/route.js";

const SEVERAL = 4;

export function useChosen(shown) {
  const [chosen, choose] = useState(new Set());
  const picked = shown.filter((id) => chosen.has(id));
  const pick = (ids, on) => choose(new Set([...picked.filter((id) => !ids.includes(id)), ...(on ? ids : [])]));
  return { picked, pick, clear: () => choose(new Set()) };
}

export const Pick = ({ id, picked, pick }) => html`<input type="checkbox" aria-label=${`Choose the flow ${id}`} title="Choose it" checked=${picked.includes(id)} onChange=${(event) => pick([id], event.target.checked)} />`;

export function Comparing({ picked }) {
  if (picked.length === 0) return null;
  return html`<span>${picked.length.toLocaleString("en")} chosen</span>${picked.length > 1 && picked.length <= SEVERAL ? html`<a class="button" href=${link("compare", picked.join(","))}>Compare</a>` : html`<span class="hint">two to four can be compared</span>`}`;
}
