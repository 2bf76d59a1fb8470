// Scenarios: what is in force, all that can be chosen, the text of one, and rules on top, written here.
import { call, query } from "../lib/api.js";
import { html, useState } from "../lib/html.js";
import { useAsked, useLive } from "../lib/live.js";
import { link } from "../lib/route.js";
import { trying } from "../lib/say.js";
import { plural } from "../lib/words.js";
import { Applications } from "../parts/applications.js";
import { Code } from "../parts/code.js";
import { Editor } from "../parts/editor.js";

const EXAMPLE = `rules:
  - name: this customer has no Viber
    match: {to: "+306912345678"}
    plan: {Viber: UNDELIVERED}
    uses: 3
`;

export function Scenarios({ route }) {
  const application = route.query.application || "";
  const { data: force, refresh } = useLive(query("/scenario", { application }));
  const act = async (doing, done) => {
    const result = await trying(doing, done);
    refresh();
    return result;
  };
  const choose = (name) => act(() => call("POST", "/scenario", { application, name }), `${name} is in force.`);
  const put = (text) => act(() => call("POST", "/scenario", { application, text }), "Your copy is in force, until another is chosen or the emulator ends.");
  return html`
    <h1>Scenarios</h1>
    <${Applications} chosen=${application} />
    ${force && html`<${InForce} force=${force} application=${application} act=${act} />`}
    ${route.name ? html`<${One} key=${route.name} name=${route.name} force=${force} choose=${choose} put=${put} />` : html`<${All} force=${force} choose=${choose} application=${application} />`}
  `;
}

function InForce({ force, application, act }) {
  const put = (text) => act(() => call("POST", "/scenario/overrides", { application, text }), "The rules are in force.");
  const reset = () => act(() => call("DELETE", query("/scenario", { application })), "Choice and overrides are forgotten.");
  return html`
    <section class="panel" aria-labelledby="in-force">
      <h2 id="in-force">In force: <a href=${link("scenarios", force.scenario, { application })}>${force.scenario}</a></h2>
      <p>${force.purpose}</p>
      ${force.balance !== null && html`<p>Balance left: ${force.balance}</p>`}
      ${force.overrides.length > 0 && html`<h3>On top of it</h3><ol class="overrides">${force.overrides.map((each) => html`<li key=${each.name}><b>${each.name}</b>: ${each.match}${each.uses === null ? "" : `, ${plural(each.uses, "use")} left`}</li>`)}</ol>`}
      <details><summary>Write rules on top of it</summary>
        <${Editor} name="Rules (YAML)" start=${EXAMPLE} overrides=${true} action="Put these rules on top" put=${put} />
      </details>
      <p><button type="button" onClick=${reset}>Reset to the emulator's own</button></p>
    </section>
  `;
}

function All({ force, choose, application }) {
  const { data, error } = useAsked("/scenarios");
  const [text, setText] = useState("");
  if (!data) return html`<p role=${error ? "alert" : "status"}>${error ? error.message : "Reading…"}</p>`;
  const found = data.scenarios.filter((each) => `${each.name} ${each.purpose}`.toLowerCase().includes(text.toLowerCase()));
  return html`
    <section class="panel" aria-labelledby="all-scenarios">
      <h2 id="all-scenarios">${plural(found.length, "scenario")}</h2>
      <label>Search <input type="search" value=${text} onInput=${(event) => setText(event.target.value)} /></label>
      <ul class="scenarios">
        ${found.map((each) => html`<li key=${each.name}>
          <div><a href=${link("scenarios", each.name, { application })}>${each.name}</a>${each.own && html` <small>yours</small>`}<br /><span class="purpose">${each.purpose}</span></div>
          ${force?.scenario === each.name ? html`<b class="good">in force</b>` : html`<button type="button" onClick=${() => choose(each.name)} aria-label=${`Choose ${each.name}`}>Choose</button>`}
        </li>`)}
      </ul>
    </section>
  `;
}

function One({ name, force, choose, put }) {
  const { data, error } = useAsked(`/scenarios/${encodeURIComponent(name)}`);
  if (!data) return html`<p role=${error ? "alert" : "status"}>${error ? error.message : "Reading…"}</p>`;
  return html`
    <section class="panel" aria-labelledby="one-scenario">
      <p><a href=${link("scenarios")}>← All scenarios</a></p>
      <h2 id="one-scenario">${name}</h2>
      <p>${data.purpose}</p>
      <p class="row">${force?.scenario === name ? html`<b class="good">in force</b>` : html`<button type="button" class="main" onClick=${() => choose(name)}>Choose ${name}</button>`} <small>${data.file}</small></p>
      <${Code} text=${data.text} name=${`the scenario ${name}`} />
      <details><summary>Change a copy of it</summary>
        <${Editor} name="Scenario (YAML)" start=${data.text} overrides=${false} action="Put this copy in force" put=${put} />
      </details>
    </section>
  `;
}
