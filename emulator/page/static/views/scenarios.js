// Scenarios: which is active, all that can be, the text of one, and override rules, written here.
import { call, query } from "../lib/api.js";
import { html, useEffect, useState } from "../lib/html.js";
import { useAsked, useLive } from "../lib/live.js";
import { plural } from "../lib/numbers.js";
import { link } from "../lib/route.js";
import { trying } from "../lib/say.js";
import { ACTIVATE, ACTIVE, LOADING } from "../lib/words.js";
import { Act } from "../parts/act.js";
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
  const choose = (name) => act(() => call("POST", "/scenario", { application, name }), `${name} is active.`);
  const put = (text) => act(() => call("POST", "/scenario", { application, text }), ({ scenario }) => `${scenario} is active, until another is.`);
  return html`
    <h1>Scenarios</h1>
    <${Applications} chosen=${application} />
    ${force && html`<${Active} force=${force} application=${application} act=${act} />`}
    ${route.name ? html`<${One} key=${route.name} name=${route.name} application=${application} force=${force} choose=${choose} put=${put} />` : html`<${All} force=${force} choose=${choose} application=${application} />`}
    ${!route.name && html`<${Open} application=${application} />`}
  `;
}

function Active({ force, application, act }) {
  const clear = (name = "") => call("DELETE", query("/scenario/overrides", { application, name }));
  const add = (text) => call("POST", "/scenario/overrides", { application, text });
  const replaced = async (text) => {
    await clear();
    return add(text);
  };
  const reset = () => act(() => call("DELETE", query("/scenario", { application })), "Scenario and overrides reset.");
  const there = force.overrides.length > 0;
  const puts = [
    [there ? "Apply as well" : "Apply", (text) => act(() => add(text), "Overrides applied.")],
    ...(there ? [["Replace the overrides", (text) => act(() => replaced(text), "Overrides replaced.")]] : []),
  ];
  return html`
    <section class="panel" aria-labelledby="in-force">
      <h2 id="in-force">${ACTIVE}: <a href=${link("scenarios", force.scenario, { application })}>${force.scenario}</a></h2>
      <p>${force.purpose}</p>
      ${force.balance !== null && html`<p>Balance left: ${force.balance}</p>`}
      ${there && html`<h3>Overrides</h3><ol class="overrides">${force.overrides.map((each) => html`<li key=${each.name}><b>${each.name}</b>: ${each.match}${each.uses === null ? "" : `, ${plural(each.uses, "use")} left`}
        <${Act} class="quiet" aria-label=${`Remove ${each.name}`} title="Remove" act=${() => act(() => clear(each.name), `Removed ${each.name}.`)}>✕<//></li>`)}</ol>`}
      ${force.moreOverrides > 0 && html`<p>and ${force.moreOverrides} more</p>`}
      <details><summary>Add override rules</summary>
        <${Editor} name="Rules (YAML)" draft="overrides" start=${EXAMPLE} overrides=${true} puts=${puts} />
      </details>
      <p><${Act} act=${reset}>Back to default<//></p>
    </section>
  `;
}

function All({ force, choose, application }) {
  const { data, error } = useAsked("/scenarios");
  const [text, setText] = useState("");
  if (!data) return html`<p role=${error ? "alert" : "status"}>${error ? error.message : LOADING}</p>`;
  const found = data.scenarios.filter((each) => `${each.name} ${each.purpose}`.toLowerCase().includes(text.toLowerCase()));
  return html`
    <section class="panel" aria-labelledby="all-scenarios">
      <h2 id="all-scenarios">${plural(found.length, "scenario")}</h2>
      <label>Search <input type="search" value=${text} onInput=${(event) => setText(event.target.value)} /></label>
      <ul class="scenarios">
        ${found.map((each) => html`<li key=${each.name}>
          <div><a href=${link("scenarios", each.name, { application })}>${each.name}</a>${each.own && html` <small>yours</small>`}<br /><span class="purpose">${each.purpose}</span></div>
          <${Choose} name=${each.name} force=${force} choose=${choose} />
        </li>`)}
      </ul>
    </section>
  `;
}

// What the provider's documentation leaves open, and the answers in force.
function Open({ application }) {
  const { data } = useLive(query("/choices", { application }));
  if (!data) return null;
  const chosen = data.choices.filter((each) => each.inForce !== each.taken);
  return html`
    <section class="panel" aria-labelledby="left-open">
      <h2 id="left-open">What the documentation leaves open</h2>
      <p>${plural(data.choices.length, "question")}, ${chosen.length} of them answered in another way than usual. A scenario's <code>choices</code> or the option <code>--choose</code> say how.</p>
      <details><summary>All questions</summary>
        <ul>${data.choices.map((each) => html`<li key=${each.name}><b>${each.name}: ${each.inForce}</b>${each.inForce !== each.taken && html` <small>chosen</small>`}<br />${each.question} <span class="purpose">${each.answers[each.inForce]}</span></li>`)}</ul>
      </details>
    </section>
  `;
}

function Choose({ name, force, choose }) {
  if (force?.scenario === name) return html`<b class="good">${ACTIVE}</b>`;
  return html`<${Act} act=${() => choose(name)} aria-label=${`${ACTIVATE} ${name}`}>${ACTIVATE}<//>`;
}

// A text under a name of its own, after that of the scenario which it was made from.
function named(text, name) {
  if (text.trimStart().startsWith("{")) return text;
  const own = `name: ${name.replace(/-changed$/, "")}-changed`;
  return /^name:.*$/m.test(text) ? text.replace(/^name:.*$/m, own) : `${own}\n${text}`;
}

function One({ name, application, force, choose, put }) {
  const { data, error, refresh } = useAsked(`/scenarios/${encodeURIComponent(name)}`);
  useEffect(() => refresh(), [force?.scenario]); // one that was written by hand is there while it is active
  const back = html`<p><a href=${link("scenarios", "", { application })}>← All scenarios</a></p>`;
  if (!data) return html`${back}${error ? html`<${Missing} error=${error} application=${application} />` : html`<p role="status">${LOADING}</p>`}`;
  return html`
    <section class="panel" aria-labelledby="one-scenario">
      ${back}
      <h2 id="one-scenario">${name}</h2>
      <p>${data.purpose}</p>
      <p class="row"><${Choose} name=${name} force=${force} choose=${choose} /> <small>${data.file}</small> <a download=${`${name}.yaml`} href=${`data:text/yaml;charset=utf-8,${encodeURIComponent(data.text)}`}>Download ${name}.yaml</a></p>
      <${Code} text=${data.text} name=${`the scenario ${name}`} />
      <details><summary>Edit a copy</summary>
        <${Editor} name="Scenario (YAML)" draft=${`scenario:${name}`} start=${data.text} overrides=${false} puts=${[[ACTIVATE, (text) => put(named(text, name))]]} />
      </details>
    </section>
  `;
}

function Missing({ error, application }) {
  const near = /did you mean '([^']+)'/.exec(error.message)?.[1];
  return html`<p role="alert" class="bad">${error.message}</p>${near && html`<p><a href=${link("scenarios", near, { application })}>${near}</a></p>`}`;
}
