// What the page is told as it happens: the board, and whether the connection stands. Views are told of each board, and
// ask again for what they show when the journal has grown.
import { Unanswered, get, token } from "./api.js";
import { connection } from "./connection.js";
import { useCallback, useEffect, useLayoutEffect, useRef, useState } from "./html.js";
import { follow } from "./reader.js";
import { root } from "./root.js";

// Milliseconds to rest after each request: at least, as a multiple of how long it took, and at most.
const REST = 200;
const TIMES = 15;
const LONGEST = 5000;
const watching = new Set();
export const live = { board: null };

function take(message) {
  if (message.seen) connection.seen = message.seen;
  if (message.state) connection.state = message.state;
  if (message.board) live.board = JSON.parse(message.board);
  if (!message.state && !message.board) return;
  watching.forEach((watcher) => watcher(live));
}

let port = null;

// Begin, or begin again with another token.
export function listen() {
  if (port) return port.postMessage({ token: token() });
  if (!window.SharedWorker) return listenAlone();
  port = new SharedWorker(new URL("./worker.js", import.meta.url), { type: "module" }).port;
  port.onmessage = ({ data }) => take(data);
  port.postMessage({ token: token() });
  addEventListener("pagehide", () => port.postMessage({ bye: true }));
  addEventListener("pageshow", ({ persisted }) => persisted && port.postMessage({ token: token() }));
}

// A browser without shared workers: a stream of this tab's own, while it is looked at.
let alone = null;
function listenAlone() {
  const begin = () => {
    alone?.abort();
    alone = new AbortController();
    if (document.hidden) return;
    const onState = (state) => take({ state });
    const onBeat = () => take({ seen: Date.now() });
    follow(`${root}/_emulator/board/feed`, { token: token(), signal: alone.signal, onState, onBeat, onEvent: ({ data }) => take({ board: data }) });
  };
  if (!alone) document.addEventListener("visibilitychange", begin);
  begin();
}

// What is so now, and the state of the connection; the component is drawn again with each change.
export function useNow() {
  const [, draw] = useState(0);
  useLayoutEffect(() => {
    const watcher = () => draw((count) => count + 1);
    watching.add(watcher);
    return () => watching.delete(watcher);
  }, []);
  return { board: live.board, state: connection.state };
}

// The answer to GET path, asked for once and whenever `refresh` is called.
export function useAsked(path) {
  const [answer, setAnswer] = useState({ data: null, error: null });
  const [count, setCount] = useState(0);
  useEffect(() => {
    if (!path) return undefined;
    const over = new AbortController();
    get(path, over.signal).then(
      (data) => setAnswer({ data, error: null }),
      (error) => over.signal.aborted || setAnswer({ data: null, error }),
    );
    return () => over.abort();
  }, [path, count]);
  const refresh = useCallback(() => setCount((before) => before + 1), []);
  return { ...answer, refresh };
}

// The answer to GET path, asked for again whenever something has happened: one request at a time, and a rest after each
// that grows with how long it took, to so many milliseconds at `most`, so that no view stays behind for one slow answer.
// `refresh` ends the rest, so that the user's own acts show at once. An empty path asks for nothing. What a living emulator needs too long to answer is asked for again.
export function useLive(path, most = LONGEST) {
  const [answer, setAnswer] = useState({ path, data: null, error: null });
  const again = useRef(() => {});
  useEffect(() => {
    if (!path) return undefined;
    const over = new AbortController();
    let busy = false;
    let stale = false;
    let urgent = false;
    let endRest = () => {};
    const ask = async () => {
      if (busy) {
        stale = true;
        return;
      }
      busy = true;
      stale = false;
      urgent = false;
      const began = performance.now();
      let late = false;
      try {
        const data = await get(path, over.signal);
        setAnswer({ path, data, error: null });
      } catch (error) {
        if (over.signal.aborted) return;
        setAnswer((before) => ({ path, data: before.path === path ? before.data : null, error }));
        late = error instanceof Unanswered && connection.state === "live";
      }
      const rest = urgent ? 0 : late ? REST : Math.max(REST, Math.min(most, TIMES * (performance.now() - began)));
      await new Promise((done) => {
        endRest = done;
        setTimeout(done, rest);
      });
      busy = false;
      if ((stale || late) && !over.signal.aborted) ask();
    };
    let seen = live.board?.latest;
    let state = connection.state;
    const watcher = () => {
      if (live.board?.latest === seen && connection.state === state) return;
      seen = live.board?.latest;
      state = connection.state;
      if (state === "live") ask();
    };
    watching.add(watcher);
    again.current = () => {
      urgent = true;
      endRest();
      ask();
    };
    ask();
    return () => {
      over.abort();
      watching.delete(watcher);
    };
  }, [path]);
  const refresh = useCallback(() => again.current(), []);
  const own = answer.path === path;
  return { data: own ? answer.data : null, error: own ? answer.error : null, refresh };
}
