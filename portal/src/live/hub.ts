// One event stream per account for all pages of a browser. The hub knows nothing of workers or of the network: it is
// handed how to open a stream and how to wait, so it runs in a shared worker, in a page, and in a test.
export interface LiveChange {
  topics: string[];
  virtual_account_ids: string[];
  ids: string[];
}

export type LiveState = "connecting" | "open" | "waiting";

export type LiveMessage =
  | { kind: "state"; smart_account_id: string; state: LiveState }
  | { kind: "change"; smart_account_id: string; change: LiveChange }
  // Something may have been missed: read everything anew.
  | { kind: "resumed"; smart_account_id: string };

export interface Stream {
  close(): void;
}

export interface StreamListener {
  open(): void;
  change(data: string): void;
  failed(): void;
}

export interface HubPorts {
  openStream(smart_account_id: string, listener: StreamListener): Stream;
  // Calls back after the given milliseconds; answers how to cancel.
  wait(delay_ms: number, callback: () => void): () => void;
  // A number in [0, 1): spreads the reconnections of many browsers.
  random(): number;
}

export type Listener = (message: LiveMessage) => void;

const FIRST_DELAY_MS = 1_000;
const LONGEST_DELAY_MS = 60_000;
// A browser opens six connections to a site over HTTP/1.1; streams may not use up those that pages need.
export const MOST_STREAMS = 3;
const SLOT_DELAY_MS = 10_000;

// Waits twice as long after each failure, up to a minute, less up to half by chance.
export function reconnectDelay(failures: number, random: number): number {
  const full = Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** Math.min(failures, 10));
  return Math.round(full * (1 - random / 2));
}

export function parseChange(data: string): LiveChange | null {
  try {
    const value = JSON.parse(data) as Partial<LiveChange> | null;
    const words = (list: unknown) =>
      Array.isArray(list) ? list.filter((each): each is string => typeof each === "string") : [];
    const topics = words(value?.topics);
    if (topics.length === 0) return null;
    return { topics, virtual_account_ids: words(value?.virtual_account_ids), ids: words(value?.ids) };
  } catch {
    return null;
  }
}

interface Channel {
  listeners: Set<Listener>;
  stream: Stream | null;
  cancel_wait: (() => void) | null;
  failures: number;
  state: LiveState;
  was_open: boolean;
}

export function createHub(ports: HubPorts) {
  const channels = new Map<string, Channel>();

  function tell(channel: Channel, message: LiveMessage) {
    if (message.kind === "state") channel.state = message.state;
    for (const listener of channel.listeners) listener(message);
  }

  function connect(smart_account_id: string, channel: Channel) {
    channel.cancel_wait = null;
    const open = [...channels.values()].filter((each) => each.stream !== null).length;
    if (open >= MOST_STREAMS) {
      tell(channel, { kind: "state", smart_account_id, state: "waiting" });
      channel.cancel_wait = ports.wait(SLOT_DELAY_MS, () => connect(smart_account_id, channel));
      return;
    }
    tell(channel, { kind: "state", smart_account_id, state: "connecting" });
    channel.stream = ports.openStream(smart_account_id, {
      open() {
        channel.failures = 0;
        tell(channel, { kind: "state", smart_account_id, state: "open" });
        if (channel.was_open) tell(channel, { kind: "resumed", smart_account_id });
        channel.was_open = true;
      },
      change(data) {
        const change = parseChange(data);
        if (change !== null) tell(channel, { kind: "change", smart_account_id, change });
      },
      failed() {
        channel.stream?.close();
        channel.stream = null;
        tell(channel, { kind: "state", smart_account_id, state: "waiting" });
        const delay = reconnectDelay(channel.failures, ports.random());
        channel.failures += 1;
        channel.cancel_wait = ports.wait(delay, () => connect(smart_account_id, channel));
      },
    });
  }

  return {
    // Answers how to stop listening; the last to leave closes the stream.
    listen(smart_account_id: string, listener: Listener): () => void {
      let channel = channels.get(smart_account_id);
      if (channel === undefined) {
        channel = {
          listeners: new Set([listener]),
          stream: null,
          cancel_wait: null,
          failures: 0,
          state: "connecting",
          was_open: false,
        };
        channels.set(smart_account_id, channel);
        connect(smart_account_id, channel);
      } else {
        channel.listeners.add(listener);
        listener({ kind: "state", smart_account_id, state: channel.state });
      }
      const joined = channel;
      return () => {
        joined.listeners.delete(listener);
        if (joined.listeners.size > 0 || channels.get(smart_account_id) !== joined) return;
        joined.stream?.close();
        joined.cancel_wait?.();
        channels.delete(smart_account_id);
      };
    },
    channel_count: () => channels.size,
  };
}

export type Hub = ReturnType<typeof createHub>;
