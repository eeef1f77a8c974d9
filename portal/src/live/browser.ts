// The hub on the browser's own EventSource. EventSource repairs broken connections by itself but gives up on an answer
// that is not a stream; the hub does the waiting for both, so that one rule holds.
import { streamAddress } from "../api/calls";
import { createHub, type Hub } from "./hub";

export function createBrowserHub(): Hub {
  return createHub({
    openStream(smart_account_id, listener) {
      const source = new EventSource(streamAddress(smart_account_id), { withCredentials: true });
      source.addEventListener("open", () => listener.open());
      source.addEventListener("change", (event) => listener.change(String((event as MessageEvent).data)));
      source.addEventListener("error", () => listener.failed());
      return source;
    },
    wait(delay_ms, callback) {
      const timer = setTimeout(callback, delay_ms);
      return () => clearTimeout(timer);
    },
    random: Math.random,
  });
}
