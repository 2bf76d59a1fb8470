// The emulator's clock: what it shows, how fast it runs, and the buttons that move it. Of one application, or of all.
import { call } from "../lib/api.js";
import { html, useEffect, useState } from "../lib/html.js";
import { useLive } from "../lib/live.js";
import { query } from "../lib/api.js";
import { trying } from "../lib/say.js";
import { clock, day, ms, plural, span } from "../lib/words.js";

// What a clock shows now: it runs on here, at its rate, until it is asked again.
export function useTime(application) {
  const { data, refresh } = useLive(query("/clock", { application }));
  const [, draw] = useState(0);
  const [begun, setBegun] = useState([null, 0]);
  if (data && begun[0] !== data) setBegun([data, performance.now()]);
  useEffect(() => {
    const timer = setInterval(() => data?.rate > 0 && draw((count) => count + 1), 250);
    return () => clearInterval(timer);
  }, [data]);
  if (!data) return { time: null, refresh };
  const passed = data.rate > 0 && begun[0] === data ? (performance.now() - begun[1]) * data.rate : 0;
  return { time: { ...data, at: ms(data.now) + passed }, refresh };
}

export async function move(application, goal) {
  return trying(
    () => call("POST", "/clock/advance", { application, ...goal }),
    (moved) => `Time is ${day(ms(moved.now))} ${clock(ms(moved.now))}; ${plural(moved.happened.length, "thing")} happened.`,
  );
}

export const setRate = (application, rate) =>
  trying(() => call("PUT", "/clock", { application, rate }), rate === 0 ? "Time stands still." : "Time runs.");

export function Clock({ application }) {
  const { time, refresh } = useTime(application);
  if (!time) return null;
  const standing = time.rate === 0;
  const act = (doing) => async () => {
    await doing();
    refresh();
  };
  return html`
    <div class="clock" role="group" aria-label="Time">
      <time class="now" datetime=${new Date(time.at).toISOString()} title="The emulator's time, UTC"><small>${day(time.at)}</small> ${clock(time.at)}</time>
      <button type="button" onClick=${act(() => setRate(application, standing ? 1 : 0))} aria-label=${standing ? "Let time run" : "Pause time"}>
        ${standing ? "▶" : "❚❚"}
      </button>
      <button type="button" disabled=${!time.next} onClick=${act(() => move(application, { until: "next" }))} title="Jump to the next event">
        ${time.next ? `Next: +${span(Math.max(0, ms(time.next) - time.at))}` : "Next"}
      </button>
      <button type="button" onClick=${act(() => move(application, { by: "1h" }))}>+1 h</button>
      <a class="rate" href="#/time" title="All clocks">${time.rate === "instant" ? "instant" : `× ${time.rate}`}</a>
    </div>
  `;
}
