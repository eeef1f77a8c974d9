import { useQueryClient } from "@tanstack/react-query";
import { useFlash } from "../../ui/flash";

// After a change of an account: says so, and reads anew what shows it. The home and the pages of the account do.
export function useDone(smart_account_id: string) {
  const flash = useFlash();
  const queryClient = useQueryClient();
  return (text: string) => {
    flash({ type: "success", content: text });
    void queryClient.invalidateQueries({ queryKey: ["account", smart_account_id] });
    void queryClient.invalidateQueries({ queryKey: ["accounts"] });
  };
}
