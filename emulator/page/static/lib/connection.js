// Whether the emulator is there: the state of the stream from it, and when it was last heard of, in milliseconds of
// this machine's clock.
export const connection = { state: "connecting", seen: Date.now() };
