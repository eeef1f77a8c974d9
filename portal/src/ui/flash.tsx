// Messages about what was just done. They stay until they are dismissed, and go along to the next page at most.
import type { FlashbarProps } from "@cloudscape-design/components/flashbar";
import { createContext, lazy, type ReactNode, Suspense, useCallback, useContext, useMemo, useState } from "react";

export type Flash = Pick<FlashbarProps.MessageDefinition, "type" | "header" | "content">;

interface ShownFlash extends Flash {
  id: string;
  // It came along from the page before.
  isCarried: boolean;
}

interface FlashContextValue {
  flashes: ShownFlash[];
  add: (flash: Flash) => void;
  dismiss: (id: string) => void;
  clear: () => void;
  turnPage: () => void;
}

const FlashContext = createContext<FlashContextValue | null>(null);
const MOST_FLASHES = 3;
let lastId = 0;

export function FlashProvider({ children }: { children: ReactNode }) {
  const [flashes, set] = useState<ShownFlash[]>([]);
  const add = useCallback((flash: Flash) => {
    lastId += 1;
    const id = String(lastId);
    set((present) => [{ ...flash, id, isCarried: false }, ...present].slice(0, MOST_FLASHES));
  }, []);
  const dismiss = useCallback((id: string) => set((present) => present.filter((flash) => flash.id !== id)), []);
  const clear = useCallback(() => set([]), []);
  const turnPage = useCallback(
    () => set((present) => present.filter((flash) => !flash.isCarried).map((flash) => ({ ...flash, isCarried: true }))),
    [],
  );
  const value = useMemo(() => ({ flashes, add, dismiss, clear, turnPage }), [flashes, add, dismiss, clear, turnPage]);
  return <FlashContext.Provider value={value}>{children}</FlashContext.Provider>;
}

function useFlashContext(): FlashContextValue {
  const value = useContext(FlashContext);
  if (value === null) throw new Error("flashes need their provider");
  return value;
}

export function useFlash() {
  return useFlashContext().add;
}

// For whoever leaves: what was told is nobody else's business.
export function useClearFlashes() {
  return useFlashContext().clear;
}

// To be called when another page is shown: what was told just before belongs to it, what was told on an older page does not.
export function useTurnPage() {
  return useFlashContext().turnPage;
}

const FlashList = lazy(async () => ({ default: (await import("./flash_list")).FlashList }));

// The region is there before the first message, so that screen readers notice what comes into it.
export function Flashes() {
  const { flashes, dismiss } = useFlashContext();
  return (
    <div className="menkyo-flashes" aria-live="polite">
      {flashes.length > 0 && (
        <Suspense>
          <FlashList flashes={flashes} onDismiss={dismiss} />
        </Suspense>
      )}
    </div>
  );
}
