// Scenarios: which is active, all that can be, the text of one, and override rules, written here.
import { call, query } from "../lib/api.js";
import { html, useEffect, useState } from "../lib/html.js";
import { useAsked, useLive } from "../lib/live.js";
import { plural } from "../lib/numbers.js";
import { later } from "../lib/later.js";
import { link } from "../lib/route.js";
import { trying } from "../lib/say.js";
import { ACTIVE, LOADING, NEW } from "../lib/words.js";
import { Act } from "../parts/act.js";
import { Applications } from "../parts/applications.js";
import { Groups } from "../parts/groups.js";

const Editor = later("editor", "later.css");
const Scenario = later("scenario", "later.css");

const EXAMPLE = `rules:
  - name: this customer has no Viber
    match: {to: "+306912345678"}
    plan: {Viber: UNDELIVERED}
    uses: 3
`;

export function Scenarios({ route, show }) {
  const application = route.query.application || "";
  const { data: force, refresh } = useLive(query("/scenario", { application }));
  const act = async (doing, done) => {
    const result = await trying(doing, done);
    refresh();
    return result;
  };
  const choose = (name) => act(() => call("POST", "/scenario", { application, name }), `${name} is active.`);
  useEffect(() => show({ title: route.name === NEW ? "New scenario" : undefined }), [route.name]);
  return html`
    <h1>Scenarios</h1>
    <${Applications} chosen=${application} />
    ${force && html`<${Active} force=${force} application=${application} act=${act} />`}
    ${route.name ? html`<${Scenario} key=${`${route.name} ${route.query.flows ?? ""}`} name=${route.name} flows=${route.query.flows} application=${application} force=${force} choose=${choose} />` : html`<${All} force=${force} choose=${choose} application=${application} />`}
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
        <${Editor} name="Rules (YAML)" blank=${() => ""} draft="overrides" start=${EXAMPLE} overrides=${true} application=${application ?? ""} puts=${puts} />
      </details>
      <p><${Act} act=${reset}>Back to default<//></p>
    </section>
  `;
}

function All({ force, choose, application }) {
  const [text, setText] = useState("");
  const { data, error } = useAsked(query("/scenarios", { text }));
  if (!data) return html`<p role=${error ? "alert" : "status"}>${error ? error.message : LOADING}</p>`;
  return html`<${Groups} scenarios=${data.scenarios} force=${force} choose=${choose} application=${application} text=${text} setText=${setText} />`;
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
