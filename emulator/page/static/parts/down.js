// What is so when the emulator does not answer, or says that it can't work: since when, and what to do about it.
import { get } from "../lib/api.js";
import { connection } from "../lib/connection.js";
import { html, useEffect, useState } from "../lib/html.js";
import { root } from "../lib/root.js";
import { span } from "../lib/times.js";
import { DOWN, START, UNREADY } from "../lib/words.js";
import { Copy } from "./code.js";

// A page that has just been opened is given so many milliseconds to connect.
const FIRST = 8000;
// Milliseconds between two questions whether it only waits for its store.
const ASK = 3000;

// Whether the emulator does not answer, in this state of the connection.
export function useDown(state) {
  const [late, setLate] = useState(false);
  useEffect(() => {
    setLate(false);
    if (state !== "connecting") return undefined;
    const timer = setTimeout(() => setLate(true), FIRST);
    return () => clearTimeout(timer);
  }, [state]);
  return state === "waiting" || late;
}

export function Down() {
  const [, draw] = useState(0);
  // Why the emulator is not ready, in its own words; empty while it does not answer at all.
  const [why, setWhy] = useState("");
  useEffect(() => {
    const over = new AbortController();
    const ask = () => get("/ready", over.signal).then(() => setWhy(""), (error) => over.signal.aborted || setWhy(error.status === 503 ? error.message : ""));
    ask();
    const timer = setInterval(ask, ASK);
    return () => {
      clearInterval(timer);
      over.abort();
    };
  }, []);
  useEffect(() => {
    const timer = setInterval(() => draw((count) => count + 1), 1000);
    return () => clearInterval(timer);
  }, []);
  const ago = span(1000 * Math.max(0, Math.round((Date.now() - connection.seen) / 1000)));
  const command = `${START}${new URL(root).port ? ` --port ${new URL(root).port}` : ""}`;
  return html`
    <div class="down" role="alert">
      <p><b>${why ? `${UNREADY}: ${why}` : DOWN}.</b> <span aria-hidden="true">Last seen ${ago} ago; what you see is from then.</span> This page connects again by itself.</p>
      ${!why && html`<p>If it has ended, start it: <code>${command}</code> <${Copy} text=${command} name="the command" /></p>`}
    </div>
  `;
}
