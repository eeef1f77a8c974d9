import { describe, expect, it } from "vitest";
import { createHub, type LiveMessage, MOST_STREAMS, parseChange, reconnectDelay, type StreamListener } from "./hub";
import { accountKey, isTouched } from "./keys";

function scene() {
  const streams: { sa: string; listener: StreamListener; closed: boolean }[] = [];
  const waits: { delay_ms: number; callback: () => void; cancelled: boolean }[] = [];
  const hub = createHub({
    openStream(sa, listener) {
      const stream = { sa, listener, closed: false };
      streams.push(stream);
      return {
        close() {
          stream.closed = true;
        },
      };
    },
    wait(delay_ms, callback) {
      const wait = { delay_ms, callback, cancelled: false };
      waits.push(wait);
      return () => {
        wait.cancelled = true;
      };
    },
    random: () => 0,
  });
  return { hub, streams, waits };
}

const at = <T>(list: T[], index: number): T => {
  const found = list[index];
  if (found === undefined) throw new Error(`there is no number ${index}`);
  return found;
};

describe("the hub of the live updates", () => {
  it("opens one stream for any number of pages and closes it after the last", () => {
    const { hub, streams } = scene();
    const leaveFirst = hub.listen("sa_1", () => undefined);
    const leaveSecond = hub.listen("sa_1", () => undefined);
    hub.listen("sa_2", () => undefined);
    expect(streams.map((stream) => stream.sa)).toEqual(["sa_1", "sa_2"]);
    leaveFirst();
    expect(at(streams, 0).closed).toBe(false);
    leaveSecond();
    leaveSecond();
    expect(at(streams, 0).closed).toBe(true);
    expect(hub.channel_count()).toBe(1);
  });

  it("hands changes to every page and tells a newcomer the present state", () => {
    const { hub, streams } = scene();
    const heard: LiveMessage[] = [];
    hub.listen("sa_1", (message) => heard.push(message));
    at(streams, 0).listener.open();
    at(streams, 0).listener.change('{"topics":["devices"],"virtual_account_ids":["va_1"],"ids":[]}');
    at(streams, 0).listener.change("garbage");
    expect(heard.map((message) => message.kind)).toEqual(["state", "state", "change"]);
    const late: LiveMessage[] = [];
    hub.listen("sa_1", (message) => late.push(message));
    expect(late).toEqual([{ kind: "state", smart_account_id: "sa_1", state: "open" }]);
  });

  it("waits longer after each failure and has everything read anew once it is back", () => {
    const { hub, streams, waits } = scene();
    const heard: LiveMessage[] = [];
    hub.listen("sa_1", (message) => heard.push(message));
    at(streams, 0).listener.open();
    at(streams, 0).listener.failed();
    expect(at(streams, 0).closed).toBe(true);
    at(waits, 0).callback();
    at(streams, 1).listener.failed();
    expect(waits.map((wait) => wait.delay_ms)).toEqual([1_000, 2_000]);
    at(waits, 1).callback();
    expect(heard.some((message) => message.kind === "resumed")).toBe(false);
    at(streams, 2).listener.open();
    expect(heard.filter((message) => message.kind === "resumed")).toHaveLength(1);
    at(streams, 2).listener.failed();
    expect(at(waits, 2).delay_ms).toBe(1_000);
  });

  it("does not reconnect for nobody", () => {
    const { hub, streams, waits } = scene();
    const leave = hub.listen("sa_1", () => undefined);
    at(streams, 0).listener.failed();
    leave();
    expect(at(waits, 0).cancelled).toBe(true);
  });

  it("leaves connections for the pages, and takes its turn when another account is left", () => {
    const { hub, streams, waits } = scene();
    const leave = hub.listen("sa_0", () => undefined);
    for (let i = 1; i < MOST_STREAMS; i += 1) hub.listen(`sa_${i}`, () => undefined);
    const heard: LiveMessage[] = [];
    hub.listen("sa_last", (message) => heard.push(message));
    expect(streams).toHaveLength(MOST_STREAMS);
    expect(heard).toEqual([{ kind: "state", smart_account_id: "sa_last", state: "waiting" }]);
    at(waits, 0).callback();
    expect(streams).toHaveLength(MOST_STREAMS);
    leave();
    at(waits, 1).callback();
    expect(at(streams, MOST_STREAMS).sa).toBe("sa_last");
  });

  it("never waits more than a minute, and spreads the browsers", () => {
    expect(reconnectDelay(30, 0)).toBe(60_000);
    expect(reconnectDelay(30, 0.999)).toBeGreaterThanOrEqual(30_000);
  });

  it("reads only what looks like a change", () => {
    expect(parseChange("null")).toBeNull();
    expect(parseChange('{"topics":[]}')).toBeNull();
    expect(parseChange('{"topics":["events",1]}')).toEqual({ topics: ["events"], virtual_account_ids: [], ids: [] });
  });
});

describe("what a change makes old", () => {
  const change = { topics: ["devices"], virtual_account_ids: ["va_1"], ids: [] };

  it("touches the lists that show it, of that account and virtual account only", () => {
    expect(isTouched(accountKey("sa_1", "devices", "va_1", {}), "sa_1", change)).toBe(true);
    expect(isTouched(accountKey("sa_1", "devices", "va_2", {}), "sa_1", change)).toBe(false);
    expect(isTouched(accountKey("sa_2", "devices", "va_1", {}), "sa_1", change)).toBe(false);
    expect(isTouched(accountKey("sa_1", "tokens", "va_1", {}), "sa_1", change)).toBe(false);
    expect(isTouched(["me"], "sa_1", change)).toBe(false);
  });

  it("touches the sums over the whole account", () => {
    expect(isTouched(accountKey("sa_1", "overview", "", {}), "sa_1", change)).toBe(true);
  });

  it("touches all virtual accounts when it names none", () => {
    expect(isTouched(accountKey("sa_1", "devices", "va_9"), "sa_1", { ...change, virtual_account_ids: [] })).toBe(true);
  });
});
