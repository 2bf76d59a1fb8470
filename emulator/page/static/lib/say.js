// What the page says to whoever uses it: shown for a while, and read out by a screen reader.
import { useRef, useState } from "./html.js";

const listeners = new Set();

export const say = (text, bad = false) => listeners.forEach((listener) => listener({ text, bad }));

// Take back what was said to have gone wrong; the rest goes by itself.
export const hush = () => listeners.forEach((listener) => listener(null));

export function onSaid(listener) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

// Do something that may be refused; say how it went.
export async function trying(act, done) {
  try {
    const result = await act();
    if (done) say(typeof done === "function" ? done(result) : done);
    return result;
  } catch (error) {
    say(error.message, true);
    return undefined;
  }
}

// Whether something is under way, and a function that does it unless it is.
export function useBusy() {
  const [busy, setBusy] = useState(false);
  const now = useRef(false);
  const run = async (doing) => {
    if (now.current) return undefined;
    now.current = true;
    setBusy(true);
    try {
      return await doing();
    } finally {
      now.current = false;
      setBusy(false);
    }
  };
  return [busy, run];
}
