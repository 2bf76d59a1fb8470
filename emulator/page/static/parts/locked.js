// The emulator asks for its control token. A token is kept once the emulator has taken it.
import { call, setToken, token as kept } from "../lib/api.js";
import { html, useLayoutEffect, useRef, useState } from "../lib/html.js";
import { listen } from "../lib/live.js";
import { useBusy } from "../lib/say.js";
import { WRONG_TOKEN } from "../lib/words.js";

export function Locked() {
  const [wrong, setWrong] = useState("");
  const [busy, run] = useBusy();
  const field = useRef(null);
  useLayoutEffect(() => field.current.focus(), []);
  const unlock = (event) => {
    event.preventDefault();
    const token = new FormData(event.target).get("token");
    return run(async () => {
      setWrong("");
      if (!/^[!-~]+$/.test(token)) return setWrong(WRONG_TOKEN);
      const before = kept();
      setToken(token);
      try {
        await call("GET", "/settings");
      } catch (error) {
        setToken(before);
        return setWrong(error.status === 401 ? WRONG_TOKEN : error.message);
      }
      return listen();
    });
  };
  return html`
    <form class="panel locked" onSubmit=${unlock}>
      <h1>This emulator is locked</h1>
      <p>It was started with a control token. This browser keeps the token until you lock the page again.</p>
      <label>Control token <input ref=${field} name="token" type="password" autocomplete="off" required /></label>
      <p><button class="main" aria-busy=${busy ? "true" : null}>Unlock</button></p>
      <p role="alert" class="bad">${wrong}</p>
    </form>
  `;
}

export function Lock() {
  const lock = () => {
    setToken("");
    listen();
  };
  return html`<button type="button" class="quiet" onClick=${lock} title="Forget the control token in this browser">Lock</button>`;
}
