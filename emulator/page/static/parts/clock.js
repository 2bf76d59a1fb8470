// The emulator's clock: what it shows, how fast it runs, and the buttons that move it: of the application that is looked
// at if it has one of its own, else the one that is shared.
import { call, query } from "../lib/api.js";
import { connection } from "../lib/connection.js";
import { html, useEffect, useRef, useState } from "../lib/html.js";
import { forTab } from "../lib/kept.js";
import { useLive, useNow } from "../lib/live.js";
import { trying } from "../lib/say.js";
import { clock, day, ms, span } from "../lib/times.js";
import { events, ownClock } from "../lib/words.js";
import { Act } from "./act.js";

// What a clock shows now: it runs on here, at its rate, until it is asked again; it stands while the emulator does not
// answer.
export function useTime(application) {
  const { data, refresh } = useLive(query("/clock", { application }));
  return { time: useRunning(data), refresh };
}

export function useRunning(data) {
  const { state } = useNow();
  const [, draw] = useState(0);
  const [begun, setBegun] = useState([null, 0]);
  const shown = useRef(0);
  if (data && begun[0] !== data) setBegun([data, performance.now()]);
  useEffect(() => {
    const timer = setInterval(() => data?.rate > 0 && connection.state === "live" && draw((count) => count + 1), 250);
    return () => clearInterval(timer);
  }, [data]);
  if (!data) return null;
  const passed = data.rate > 0 && begun[0] === data ? (performance.now() - begun[1]) * data.rate : 0;
  if (state === "live" || !shown.current) shown.current = ms(data.now) + passed;
  return { ...data, at: shown.current };
}

// Move a clock to a goal, and say what happened on the way.
export async function move(application, goal) {
  return trying(
    () => call("POST", "/clock/advance", { application, ...goal }),
    ({ now, happened, truncated }) => {
      const [only] = happened.length === 1 ? happened : [];
      return `Time is ${day(ms(now))} ${clock(ms(now))}; ${events(happened.length, truncated)}${only ? `: ${only.kind} ${only.text}` : ""}.`;
    },
  );
}

const KEPT = (application) => `rate:${application}`;

export function setRate(application, rate) {
  return trying(() => call("PUT", "/clock", { application, rate }), rate === 0 ? "Time is paused." : "Time runs.");
}

// The rate that a paused clock had before.
const rateBefore = (application) => {
  const kept = forTab.get(KEPT(application));
  return kept === "instant" ? kept : Number(kept) || 1;
};

export function Clock({ application }) {
  const { time, refresh } = useTime(application);
  if (!time) return null;
  const own = time.application ?? "";
  const standing = time.rate === 0;
  if (!standing) forTab.set(KEPT(own), String(time.rate));
  const act = (doing) => async () => {
    await doing();
    refresh();
  };
  const left = time.next ? 1000 * Math.max(0, Math.ceil((ms(time.next) - time.at) / 1000)) : null;
  return html`
    <div class=${`clock ${standing ? "standing" : ""}`} role="group" aria-label=${own ? ownClock(own) : "Time"}>
      ${own && html`<a class="whose" href=${`#/time?${new URLSearchParams({ application: own })}`}>${ownClock(own)}</a>`}
      <time class="now" datetime=${new Date(time.at).toISOString()} title="The emulator's time, UTC"><small>${day(time.at)}</small> ${clock(time.at)}</time>
      <${Act} act=${act(() => setRate(own, standing ? rateBefore(own) : 0))} aria-label=${standing ? "Let time run" : "Pause time"} title=${standing ? "Let time run" : "Pause time"}>${standing ? "▶" : "❚❚"}<//>
      <${Act} class="next" disabled=${!time.next} act=${act(() => move(own, { until: "next" }))} title="Jump to the next event">${left === null ? "No event" : `Next in ${span(left)}`}<//>
      <${Act} act=${act(() => move(own, { by: "1h" }))}>+1 h<//>
      <a class="rate" href="#/time" title="All clocks">${standing ? "paused" : time.rate === "instant" ? "instant" : `× ${time.rate}`}</a>
    </div>
  `;
}
