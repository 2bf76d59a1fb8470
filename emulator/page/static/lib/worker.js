// One stream of the board for all tabs: a browser keeps only six connections to a server, so tabs must not have one each.
import { follow } from "./reader.js";
import { root } from "./root.js";

const ports = new Set();
let token = null;
let following = null;
let state = "connecting";
let seen = Date.now();
let latest = null;

const tell = (message) => ports.forEach((port) => port.postMessage(message));

function begin() {
  following?.abort();
  following = new AbortController();
  follow(`${root}/_emulator/board/feed`, {
    token,
    signal: following.signal,
    onEvent: (event) => tell((latest = { board: event.data })),
    onState: (next) => tell({ state: (state = next) }),
    onBeat: () => tell({ seen: (seen = Date.now()) }),
  });
}

self.onconnect = ({ ports: [port] }) => {
  port.onmessage = ({ data }) => {
    if (data.bye) return ports.delete(port);
    ports.add(port);
    if (!following || data.token !== token || state === "locked") {
      token = data.token;
      state = "connecting";
      begin();
    }
    port.postMessage({ state, seen });
    if (latest) port.postMessage(latest);
  };
};
