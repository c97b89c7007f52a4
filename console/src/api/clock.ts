/** The server's time: claims lapse by it, and a demo's is years behind the machine's. */
let aheadMs = 0;

export function setServerTime(now: string): void {
  aheadMs = Date.parse(now) - Date.now();
}

export function serverNow(): number {
  return Date.now() + aheadMs;
}
