// The emulator's own address, without a slash at its end: whatever stands before /_emulator/page/, also behind a proxy
// that shows the emulator below a path of its own.
export const root = new URL("../../..", import.meta.url).href.replace(/\/$/, "");
