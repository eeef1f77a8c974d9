// The shared worker: all pages of this browser use its one stream. A page says "here" now and then; one that was killed
// without a word is forgotten after a while, so that no stream stays open for nobody.
import { createBrowserHub } from "./browser";
import type { LiveMessage } from "./hub";

export type ToWorker = { kind: "listen"; smart_account_id: string } | { kind: "here" } | { kind: "leave" };
export type FromWorker = LiveMessage;

const FORGET_AFTER_MS = 5 * 60_000;

const hub = createBrowserHub();

function serve(port: MessagePort) {
  let leave: (() => void) | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const stop = () => {
    leave?.();
    leave = null;
    clearTimeout(timer);
  };
  port.onmessage = (event: MessageEvent<ToWorker>) => {
    const message = event.data;
    if (message.kind === "leave") return stop();
    if (message.kind === "listen") {
      stop();
      leave = hub.listen(message.smart_account_id, (each) => port.postMessage(each satisfies FromWorker));
    }
    clearTimeout(timer);
    timer = setTimeout(stop, FORGET_AFTER_MS);
  };
}

addEventListener("connect", (event) => {
  const port = (event as MessageEvent).ports[0];
  if (port !== undefined) serve(port);
});
