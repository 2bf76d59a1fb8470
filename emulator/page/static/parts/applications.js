// Whose matter it is: one application's, or that of all.
import { html } from "../lib/html.js";
import { useAsked } from "../lib/live.js";
import { filter } from "../lib/route.js";
import { ANY_APPLICATION } from "../lib/words.js";

export function Applications({ chosen }) {
  const { data, refresh } = useAsked("/applications");
  const names = data ? data.applications.map((each) => each.application) : [];
  const all = chosen && !names.includes(chosen) ? [chosen, ...names] : names;
  return html`
    <p><label>Applies to <select value=${chosen} onFocus=${refresh} onChange=${(event) => filter({ application: event.target.value })}>
      <option value="">${ANY_APPLICATION}</option>
      ${all.map((each) => html`<option key=${each} value=${each} selected=${each === chosen}>${each}</option>`)}
    </select></label></p>
  `;
}
