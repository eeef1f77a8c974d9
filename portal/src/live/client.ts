// A page's side of the live updates: through the shared worker where there is one, else a stream of its own.
import { createBrowserHub } from "./browser";
import type { Hub, Listener } from "./hub";
import type { FromWorker, ToWorker } from "./worker";

const HERE_EVERY_MS = 60_000;

let ownHub: Hub | null = null;

function openWorker(): SharedWorker | null {
  if (typeof SharedWorker === "undefined") return null;
  try {
    return new SharedWorker(new URL("./worker.ts", import.meta.url), { type: "module", name: "menkyo-live" });
  } catch {
    return null;
  }
}

// Answers how to stop listening.
export function listenToAccount(smart_account_id: string, listener: Listener): () => void {
  const worker = openWorker();
  if (worker === null) {
    ownHub ??= createBrowserHub();
    return ownHub.listen(smart_account_id, listener);
  }
  const { port } = worker;
  const say = (message: ToWorker) => port.postMessage(message);
  const listen = () => say({ kind: "listen", smart_account_id });
  const leave = () => say({ kind: "leave" });
  // A page in the back-forward cache is frozen: it leaves, and listens again when it is shown.
  const shown = (event: PageTransitionEvent) => {
    if (event.persisted) listen();
  };
  port.onmessage = (event: MessageEvent<FromWorker>) => listener(event.data);
  listen();
  const timer = setInterval(() => say({ kind: "here" }), HERE_EVERY_MS);
  addEventListener("pagehide", leave);
  addEventListener("pageshow", shown);
  return () => {
    clearInterval(timer);
    removeEventListener("pagehide", leave);
    removeEventListener("pageshow", shown);
    leave();
    port.close();
  };
}
