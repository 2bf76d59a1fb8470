// What the recipient does to the phone as a whole: switch it off, do without Viber. Each is a rule on top of the scenario,
// for this number, until it is taken back.
import { call, query } from "../lib/api.js";
import { html, useState } from "../lib/html.js";
import { useLive } from "../lib/live.js";
import { trying } from "../lib/say.js";

const SWITCHES = [
  ["Switched off", "off", { Viber: "silence", Sms: "silence", Voice: "NoAnswer" }],
  ["No Viber", "without Viber", { Viber: "UNDELIVERED" }],
];

export function Switches({ application, to }) {
  const [open, setOpen] = useState(false);
  return html`<details class="switches" onToggle=${(event) => setOpen(event.target.open)}><summary>What this phone can't do</summary>${open && html`<${Each} application=${application} to=${to} />`}</details>`;
}

function Each({ application, to }) {
  const { data, refresh } = useLive(query("/scenario", { application }));
  // A rule on top is listed by its name behind that of the overrides which it came with.
  const there = (name) => data?.overrides.find((each) => each.name.endsWith(`: ${name}`))?.name;
  const turn = (name, plan) => async (event) => {
    const on = event.target.checked;
    const rule = { name, match: { to }, plan };
    await trying(() => (on ? call("POST", "/scenario/overrides", { application, rules: [rule] }) : call("DELETE", query("/scenario/overrides", { application, name: there(name) }))), `${to} is ${on ? "" : "no longer "}${name.replace(`${to} is `, "")}.`);
    refresh();
  };
  return html`
    <fieldset><legend>From the next message of ${application} on:</legend>
      ${SWITCHES.map(([label, how, plan]) => {
        const name = `${to} is ${how}`;
        return html`<label class="check" key=${how}><input type="checkbox" disabled=${!data} checked=${Boolean(there(name))} onChange=${turn(name, plan)} /> ${label}</label>`;
      })}
    </fieldset>
  `;
}
