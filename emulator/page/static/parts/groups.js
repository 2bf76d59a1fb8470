// All scenarios that can be chosen, by topic, the user's own first.
import { html } from "../lib/html.js";
import { plural } from "../lib/numbers.js";
import { link } from "../lib/route.js";
import { GROUPS, NEW } from "../lib/words.js";
import { Choose } from "./choose.js";

const YOURS = "yours";

// By the topic of each; those of none come last.
function grouped(scenarios) {
  const groups = new Map();
  for (const each of scenarios) {
    const group = each.own ? YOURS : each.group;
    groups.set(group, [...(groups.get(group) ?? []), each]);
  }
  const order = (group) => (group === YOURS ? 0 : group === "" ? 2 : 1);
  return [...groups].sort(([one], [other]) => order(one) - order(other) || one.localeCompare(other));
}

export const titled = (group) => GROUPS[group] ?? group.charAt(0).toUpperCase() + group.slice(1).replaceAll("-", " ");

// `scenarios` are those that have the words of `text`.
export function Groups({ scenarios, force, choose, application, text, setText }) {
  const groups = grouped(scenarios);
  const open = (group, all) => text !== "" || groups.length === 1 || group === YOURS || all.some((each) => each.name === force?.scenario);
  return html`
    <section class="panel" aria-labelledby="all-scenarios">
      <h2 id="all-scenarios">${plural(scenarios.length, "scenario")}</h2>
      <p class="row"><label>Search <input type="search" value=${text} onInput=${(event) => setText(event.target.value)} /></label> <a class="button" href=${link("scenarios", NEW, { application })}>New scenario</a></p>
      ${scenarios.length === 0 && html`<p role="status">No scenario has “${text}” in its name, its purpose or its text. Try a channel, a status such as NoAnswer or UNDELIVERED, an answer such as 429, balance for credit, or fewer words.</p>`}
      ${groups.map(([group, all]) => html`
        <details class="group" key=${`${group} ${text !== ""}`} open=${open(group, all)}>
          <summary><h3>${titled(group)}</h3> <small>${all.length}</small></summary>
          <ul class="scenarios" aria-label=${titled(group)}>
            ${all.map((each) => html`<li key=${each.name}>
              <div><a href=${link("scenarios", each.name, { application })}>${each.name}</a>${each.own && each.group && html` <small>${each.group}</small>`}<br /><span class="purpose">${each.purpose}</span></div>
              <${Choose} name=${each.name} force=${force} choose=${choose} />
            </li>`)}
          </ul>
        </details>`)}
    </section>
  `;
}
