// Time: every clock there is, each with its rate and the ways to move it.
import { html, useState } from "../lib/html.js";
import { useAsked } from "../lib/live.js";
import { clock, day, moment, ms, span } from "../lib/words.js";
import { move, setRate, useTime } from "../parts/clock.js";

const RATES = [0, 1, 10, 60, 3600];
const JUMPS = [["+10 s", "10s"], ["+1 min", "1m"], ["+1 h", "1h"], ["+1 day", "24h"]];

export function Time() {
  const { data, refresh } = useAsked("/applications");
  const [given, setGiven] = useState([]);
  const apart = data ? data.applications.filter((each) => each.ownClock).map((each) => each.application) : [];
  const shared = data ? data.applications.filter((each) => !each.ownClock).map((each) => each.application) : [];
  const clocks = [...new Set([...apart, ...given])];
  return html`
    <h1>Time</h1>
    <p>All times are the emulator's, in UTC. An application whose clock is moved on its own has one of its own from then on.</p>
    <${Watch} application="" name="The clock that all share" />
    ${clocks.map((each) => html`<${Watch} key=${each} application=${each} name=${each} />`)}
    ${shared.filter((each) => !clocks.includes(each)).map((each) => html`<p key=${each}>${each} keeps the shared time. <button type="button" onClick=${() => setGiven([...given, each])}>Move its time alone</button></p>`)}
    <p><button type="button" class="quiet" onClick=${refresh}>Look for other applications</button></p>
  `;
}

function Watch({ application, name }) {
  const { time, refresh } = useTime(application);
  const [until, setUntil] = useState("");
  if (!time) return html`<section class="panel" aria-label=${name}><h2>${name}</h2></section>`;
  const act = async (doing) => {
    await doing;
    refresh();
  };
  const jump = (event) => {
    event.preventDefault();
    act(move(application, /^[0-9]{4}-/.test(until) ? { to: until } : { by: until }));
  };
  return html`
    <section class="panel watch" aria-label=${name}>
      <h2>${name}</h2>
      <p class="face"><time datetime=${new Date(time.at).toISOString()}>${day(time.at)} ${clock(time.at)}</time></p>
      <p>${time.next ? `Next event at ${moment(time.next)}, in ${span(Math.max(0, ms(time.next) - time.at))}.` : "Nothing is due."}</p>
      <div class="row" role="group" aria-label="Rate">
        Rate: ${RATES.map((rate) => html`<button type="button" key=${rate} aria-pressed=${time.rate === rate} onClick=${() => act(setRate(application, rate))}>${rate === 0 ? "pause" : `× ${rate}`}</button>`)}
        <button type="button" aria-pressed=${time.rate === "instant"} onClick=${() => act(setRate(application, "instant"))}>instant</button>
      </div>
      <div class="row" role="group" aria-label="Move">
        Move: ${JUMPS.map(([label, by]) => html`<button type="button" key=${by} onClick=${() => act(move(application, { by }))}>${label}</button>`)}
        <button type="button" disabled=${!time.next} onClick=${() => act(move(application, { until: "next" }))}>to the next event</button>
        <button type="button" onClick=${() => act(move(application, { until: "idle" }))}>until nothing is due</button>
      </div>
      <form class="row" onSubmit=${jump}>
        <label>By, or to <input value=${until} required placeholder="90m or 2026-01-02T00:00Z" onInput=${(event) => setUntil(event.target.value)} /></label>
        <button>Move</button>
      </form>
    </section>
  `;
}
