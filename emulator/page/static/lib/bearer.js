// A token that is good for an application's calls: one that it has, with the most time left; else a new one, which any
// secret gets unless the emulator was given credentials.
import { get, grant, query } from "./api.js";

const SOON = 60;

export async function bearer(application) {
  const { tokens } = await get(query("/tokens", { application }));
  const [longest] = tokens.sort((one, other) => other.secondsLeft - one.secondsLeft);
  return longest?.secondsLeft > SOON ? longest.token : grant(application, "demo");
}
