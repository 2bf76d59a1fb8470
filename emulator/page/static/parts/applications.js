// Whose matter it is: one application's, or everybody's.
import { html } from "../lib/html.js";
import { useAsked } from "../lib/live.js";
import { filter } from "../lib/route.js";

export function Applications({ chosen }) {
  const { data, refresh } = useAsked("/applications");
  const names = data ? data.applications.map((each) => each.application) : [];
  const all = chosen && !names.includes(chosen) ? [chosen, ...names] : names;
  return html`
    <p><label>For <select value=${chosen} onFocus=${refresh} onChange=${(event) => filter({ application: event.target.value })}>
      <option value="">everybody</option>
      ${all.map((each) => html`<option key=${each} value=${each} selected=${each === chosen}>${each}</option>`)}
    </select></label></p>
  `;
}
