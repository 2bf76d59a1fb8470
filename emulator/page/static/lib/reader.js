// Reading server-sent events over fetch, which unlike EventSource can carry a token; it goes on after every break,
// from the last event that it saw.
const FIRST = 250;
const LONGEST = 2000;
// A feed has a comment every 4 seconds; a server that says nothing for so many milliseconds hangs.
const SILENCE = 9000;

export async function follow(url, { token, signal, onEvent, onState, onBeat = () => {} }) {
  let last = "";
  let wait = FIRST;
  while (!signal.aborted) {
    const headers = { ...(token ? { Authorization: `Bearer ${token}` } : {}), ...(last ? { "Last-Event-ID": last } : {}) };
    const over = new AbortController();
    const stop = () => over.abort();
    signal.addEventListener("abort", stop);
    const timer = setTimeout(stop, SILENCE);
    try {
      const answer = await fetch(url, { headers, signal: over.signal, cache: "no-store" });
      clearTimeout(timer);
      if (answer.status === 401) return onState("locked");
      if (!answer.ok) throw new Error(`HTTP ${answer.status}`);
      onBeat();
      onState("live");
      wait = FIRST;
      await read(answer.body, onBeat, (event) => {
        last = event.id || last;
        onEvent(event);
      });
    } catch {
      if (signal.aborted) return;
    } finally {
      clearTimeout(timer);
      signal.removeEventListener("abort", stop);
    }
    onState("waiting");
    await new Promise((done) => setTimeout(done, wait));
    wait = Math.min(wait * 2, LONGEST);
  }
}

async function read(body, onBeat, onEvent) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let kept = "";
  for (;;) {
    const { value, done } = await inTime(reader);
    if (done) return;
    onBeat();
    kept += value;
    const blocks = kept.split("\n\n");
    kept = blocks.pop();
    for (const block of blocks) {
      const event = parsed(block);
      if (event.data) onEvent(event);
    }
  }
}

// The next piece. After a silence, the reader is cancelled, and that ends the connection.
async function inTime(reader) {
  const timer = setTimeout(() => reader.cancel(), SILENCE);
  try {
    return await reader.read();
  } finally {
    clearTimeout(timer);
  }
}

function parsed(block) {
  const event = {};
  for (const line of block.split("\n")) {
    const at = line.indexOf(": ");
    if (at > 0) event[line.slice(0, at)] = line.slice(at + 2);
  }
  return event;
}
