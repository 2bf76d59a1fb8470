// The emulator asks for its control token.
import { setToken } from "../lib/api.js";
import { html, useState } from "../lib/html.js";
import { listen } from "../lib/live.js";

export function Locked() {
  const [wrong, setWrong] = useState(false);
  const unlock = (event) => {
    event.preventDefault();
    const token = new FormData(event.target).get("token");
    setWrong(true);
    if (!/^[!-~]+$/.test(token)) return;
    setToken(token);
    listen();
  };
  return html`
    <form class="panel locked" onSubmit=${unlock}>
      <h1>This emulator is locked</h1>
      <p>It was started with a control token. This browser keeps the token.</p>
      <label>Control token <input name="token" type="password" autocomplete="off" required /></label>
      <button class="main">Unlock</button>
      <p role="alert" class="bad">${wrong && "That is not its token."}</p>
    </form>
  `;
}
