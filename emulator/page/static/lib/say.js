// What the page says to whoever uses it: shown for a while, and read out by a screen reader.
const listeners = new Set();

export const say = (text, bad = false) => listeners.forEach((listener) => listener({ text, bad }));

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
